import {
  calculateJwkThumbprint,
  CompactSign,
  compactVerify,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type CryptoKey,
  type JWK,
} from "jose";
import { StationError } from "../core/error.ts";
import { Secret } from "../core/secret.ts";
import type { SignedHead } from "./audit-store.ts";
import { canonicalJson } from "./canonical-json.ts";
import { claimText, type HeadClaim } from "./chain.ts";
import type { KeyKeeper } from "./key-keeper.ts";

const ALGORITHM = "ES256";
/** A signature with its claim is about 500 characters; more is not ours. */
const LONGEST_JWS = 4096;

/** The station's key, able to sign. */
export type StationKey = {
  /** The public JWK as canonical JSON: `crv`, `kty`, `x`, `y`. */
  readonly publicKey: string;
  /** RFC 7638 thumbprint, base64url. */
  readonly thumbprint: string;
  /** Signs a claim; the answer is a compact JWS (RFC 7515) with the thumbprint as `kid`. */
  readonly sign: (claim: HeadClaim) => Promise<string>;
};

/**
 * The key that is kept, or a new one that is kept before it is used.
 * @param expected the public key in the database; the kept key must be its other half
 * @throws StationError audit.key when the kept key is missing, damaged or another one
 */
export async function loadStationKey(keeper: KeyKeeper, expected: string | undefined): Promise<StationKey> {
  const kept = await keeper.load();
  if (kept === undefined && expected !== undefined)
    throw new StationError("audit.key", "the station's signing key is missing");
  const key = kept === undefined ? await makeKey(keeper) : await readKey(kept);
  if (expected !== undefined && key.publicKey !== expected)
    throw new StationError("audit.key", "the station's signing key belongs to another audit database");
  return key;
}

async function makeKey(keeper: KeyKeeper): Promise<StationKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  await keeper.keep(new Secret(await exportPKCS8(privateKey)));
  return stationKey(privateKey);
}

async function readKey(pkcs8: Secret): Promise<StationKey> {
  try {
    return await stationKey(await importPKCS8(pkcs8.reveal(), ALGORITHM, { extractable: true }));
  } catch (error) {
    throw new StationError("audit.key", "the station's signing key is damaged", {}, { cause: error });
  }
}

async function stationKey(privateKey: CryptoKey): Promise<StationKey> {
  const jwk = publicHalf(await exportJWK(privateKey));
  const thumbprint = await calculateJwkThumbprint(jwk);
  const sign = (claim: HeadClaim): Promise<string> =>
    new CompactSign(new TextEncoder().encode(claimText(claim)))
      .setProtectedHeader({ alg: ALGORITHM, kid: thumbprint })
      .sign(privateKey);
  return { publicKey: canonicalJson(jwk), thumbprint, sign };
}

function publicHalf({ kty, crv, x, y }: JWK): JWK {
  return { kty: kty ?? "", crv: crv ?? "", x: x ?? "", y: y ?? "" };
}

/** A public key, able to check signatures. */
export type SignatureCheck = {
  readonly thumbprint: string;
  /** What the JWS claims, when it is this key's signature; undefined for every other text. */
  readonly claimOf: (jws: string) => Promise<HeadClaim | undefined>;
};

/**
 * Reads a public key from a database or manifest.
 * @param publicKey JWK as JSON text
 * @throws StationError audit.key when it is no P-256 public key
 */
export async function signatureCheck(publicKey: string): Promise<SignatureCheck> {
  try {
    const jwk = publicHalf(JSON.parse(publicKey) as JWK);
    const key = await importJWK(jwk, ALGORITHM);
    return { thumbprint: await calculateJwkThumbprint(jwk), claimOf: (jws) => verifiedClaim(jws, key) };
  } catch (error) {
    throw new StationError("audit.key", "the station's public key cannot be read", {}, { cause: error });
  }
}

async function verifiedClaim(jws: string, key: Parameters<typeof compactVerify>[1]): Promise<HeadClaim | undefined> {
  if (jws.length > LONGEST_JWS) return undefined;
  try {
    const { payload } = await compactVerify(jws, key, { algorithms: [ALGORITHM] });
    return JSON.parse(new TextDecoder().decode(payload)) as HeadClaim;
  } catch {
    // Whatever is wrong with a signature, it does not hold.
    return undefined;
  }
}

/** Whether a signed claim is about this row of this station's chain. */
export function claims(claim: HeadClaim | undefined, station: string, head: Omit<SignedHead, "jws">): boolean {
  return claim?.station === station && claim.position === head.position && claim.hash === head.hash;
}
