import {
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";

/** A P-256 key pair of a modem. */
export type P256Key = {
  readonly privateKey: KeyObject;
  /** The public key as SubjectPublicKeyInfo: 91 bytes of DER. */
  readonly publicDer: Uint8Array;
  /** The key id of JWTs: SHA-256 of {@link publicDer}, 64 lower-case hex digits (protocol.md 7.4). */
  readonly kid: string;
};

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The key pair that a text always gives: the scalar is 1 plus an HMAC-SHA-512 of the text modulo the order less one. */
export function deriveP256Key(text: string): P256Key {
  const wide = BigInt(`0x${createHmac("sha512", "simulated modem key").update(text).digest("hex")}`);
  const scalar = Buffer.from(((wide % (ORDER - 1n)) + 1n).toString(16).padStart(64, "0"), "hex");
  const pair = createECDH("prime256v1");
  pair.setPrivateKey(scalar);
  const point = pair.getPublicKey();
  const jwk = {
    kty: "EC",
    crv: "P-256",
    d: scalar.toString("base64url"),
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  return p256Key(createPrivateKey({ key: jwk, format: "jwk" }));
}

/** A new random key pair. */
export function generateP256Key(): P256Key {
  return p256Key(generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey);
}

/** The key pair as PKCS#8 DER; secret. */
export function exportP256Key(key: P256Key): Uint8Array {
  return key.privateKey.export({ type: "pkcs8", format: "der" });
}

/** The key pair in PKCS#8 DER or PEM (or SEC 1 PEM), or undefined when the bytes hold no P-256 private key. */
export function importP256Key(bytes: Uint8Array): P256Key | undefined {
  const data = Buffer.from(bytes);
  try {
    const key = data.includes("-----BEGIN")
      ? createPrivateKey(data)
      : createPrivateKey({ key: data, format: "der", type: "pkcs8" });
    return key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? p256Key(key) : undefined;
  } catch {
    return undefined;
  }
}

/** ES256 of JOSE and COSE: 64 bytes, r then s. */
export function signRaw(key: P256Key, data: Uint8Array): Uint8Array {
  return sign("sha256", data, { key: key.privateKey, dsaEncoding: "ieee-p1363" });
}

/** ECDSA with SHA-256 as X.509 carries it: DER of r and s. */
export function signDer(key: P256Key, data: Uint8Array): Uint8Array {
  return sign("sha256", data, { key: key.privateKey, dsaEncoding: "der" });
}

/** SHA-256 as bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  return createHash("sha256").update(data).digest();
}

/** SHA-256 as 64 upper-case hex digits, as `%CMNG` lists it. */
export function sha256Upper(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex").toUpperCase();
}

function p256Key(privateKey: KeyObject): P256Key {
  const publicDer = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return { privateKey, publicDer, kid: createHash("sha256").update(publicDer).digest("hex") };
}
