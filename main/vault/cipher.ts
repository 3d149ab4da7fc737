import type { Secret } from "../../src/core/secret.ts";

/** Seals texts so that they may rest on the disk. */
export interface Cipher {
  /** @throws whatever went wrong: nothing was sealed */
  seal(text: Secret): Promise<Uint8Array>;
  /** @throws whatever went wrong: the blob is damaged, or was sealed elsewhere */
  open(blob: Uint8Array): Promise<Secret>;
}

/** The system's own store for keys (Keychain, DPAPI, libsecret, KWallet), which is not everywhere. */
export interface SystemCipher extends Cipher {
  /** Whether it protects what it seals; false: what it sealed would be as good as plain text. */
  protects(): Promise<boolean>;
}
