/** A credential as a modem keeps it; tag and type together are unique. */
export type Credential = {
  /** The security tag, 0 to 2^32 - 1. */
  readonly tag: number;
  /** The kind of content, `CREDENTIAL_TYPE`. */
  readonly type: number;
  /** What was written between the quotes, byte for byte; the PKCS#8 DER of a key that the modem made itself. Secret. */
  readonly content: Uint8Array;
  /** 64 upper-case hex digits as listed: of the content, or of the DER that `%KEYGEN` answered for a generated key. */
  readonly sha256: string;
  /** Whether `%KEYGEN` made it. */
  readonly generated: boolean;
};

/** Credential types of `%CMNG` (at.md 4). */
export const CREDENTIAL_TYPE = {
  rootCa: 0,
  clientCertificate: 1,
  clientKey: 2,
  psk: 3,
  pskIdentity: 4,
  authenticationKey: 5,
  identityPublicKey: 6,
  endorsementKey: 8,
  ownershipKey: 9,
  nordicRootCa: 10,
  nordicPublicKey: 11,
  assetKey: 13,
} as const;

/** How much a modem's credential storage holds. */
export type StorageLimits = { readonly entries: number; readonly bytes: number };

/** The storage of a simulated modem where nothing else is asked for. */
export const DEFAULT_STORAGE: StorageLimits = { entries: 128, bytes: 131_072 };

/** Where a modem's credentials outlive the process. */
export interface NonVolatileMemory {
  /** What was kept, or nothing for a blank board. */
  load(): readonly Credential[];
  /** Keeps all credentials; called after every change. */
  save(credentials: readonly Credential[]): void;
}
