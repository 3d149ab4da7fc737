import { createHash, createPublicKey, verify } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";

/** A P-256 public key as DER SubjectPublicKeyInfo (91 bytes), the form that `kid` is the digest of (protocol.md 7.4). */
export type Spki = Uint8Array;

const SPKI_HEAD = Uint8Array.from(Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"));
const SIGNATURE_BYTES = 64;
const HALF = 32;

/** `kid`: the lower-case hex SHA-256 of the key (protocol.md 7.4). */
export function kidOf(spki: Spki): string {
  return createHash("sha256").update(spki).digest("hex");
}

/** Whether an ES256 signature (64 bytes, r then s) over `message` was made with `spki`'s private key. */
export function verifies(spki: Spki, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
  } catch {
    return false;
  }
}

/**
 * Whether bytes can be an ES256 signature (r then s) at all: both in range, and r a coordinate of the curve. No key is needed,
 * and it takes a fraction of what recovering the keys takes.
 */
export function isSignature(signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const order = p256.Point.Fn.ORDER;
  const [r, s] = [toNumber(signature.subarray(0, HALF)), toNumber(signature.subarray(HALF))];
  return r > 0n && s > 0n && r < order && s < order && curvePoint(signature.subarray(0, HALF)) !== undefined;
}

/** Whether an ES256 signature over a message with this SHA-256 was made with `spki`'s private key. */
export function verifiesDigest(spki: Spki, digest: Uint8Array, signature: Uint8Array): boolean {
  try {
    return p256.verify(signature, digest, spki.subarray(SPKI_HEAD.length), { prehash: false, lowS: false });
  } catch {
    return false;
  }
}

/**
 * Every public key for which `signature` is a valid ES256 signature over one of `messages` (SEC 1, 4.1.6): two a message, as a
 * signature fits either of two curve points. Empty when the signature is none.
 * With Q = r^-1 (s R - z G), the costly part s/r R is the same for all messages.
 */
export function recoverKeys(signature: Uint8Array, messages: readonly Uint8Array[]): readonly Spki[] {
  const { Point } = p256;
  const numbers = Point.Fn;
  if (signature.length !== SIGNATURE_BYTES) return [];
  const r = toNumber(signature.subarray(0, HALF));
  const s = toNumber(signature.subarray(HALF));
  if (r === 0n || s === 0n || r >= numbers.ORDER || s >= numbers.ORDER) return [];
  const point = curvePoint(signature.subarray(0, HALF));
  if (point === undefined) return [];
  const inverse = numbers.inv(r);
  const signed = point.multiply(numbers.mul(s, inverse));
  return messages.flatMap((message) => {
    const z = numbers.create(toNumber(createHash("sha256").update(message).digest()));
    const factor = numbers.mul(z, inverse);
    const digestPart = factor === 0n ? Point.ZERO : Point.BASE.multiply(factor);
    return [signed.subtract(digestPart), signed.negate().subtract(digestPart)]
      .filter((key) => !key.is0())
      .map((key) => Uint8Array.from([...SPKI_HEAD, ...key.toBytes(false)]));
  });
}

/** The point with x = r and even y. r + order as x is left out: it happens once in 2^32 signatures, and a new token helps. */
function curvePoint(x: Uint8Array): InstanceType<typeof p256.Point> | undefined {
  try {
    return p256.Point.fromBytes(Uint8Array.from([2, ...x]));
  } catch {
    return undefined;
  }
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}
