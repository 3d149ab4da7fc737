import { generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";
import { makeCertificate } from "../../../src/service/certificate.ts";

/** A certificate with its key, both PEM. */
export type Identity = { readonly certificate: string; readonly key: string };

/** What a test's certificate is like; by default for localhost and 127.0.0.1, valid from yesterday to tomorrow. */
export type CertificateWish = {
  readonly hosts?: readonly string[];
  readonly notBefore?: number;
  readonly notAfter?: number;
};

const DAY = 86_400_000;
export const yesterday = (): number => Date.now() - DAY;
export const tomorrow = (): number => Date.now() + DAY;

/** A certificate authority made for one test run. */
export class TestAuthority {
  readonly pem: string;
  readonly #name: string;
  readonly #key: KeyObject;

  constructor(name: string) {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#name = name;
    this.#key = privateKey;
    this.pem = makeCertificate({
      ...{ subject: name, subjectKey: publicKey, issuer: name, issuerKey: privateKey },
      ...{ notBefore: yesterday(), notAfter: tomorrow(), serial: serial() },
    });
  }

  /** A server certificate of this authority. */
  issue(wish: CertificateWish = {}): Identity {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return made(publicKey, privateKey, this.#name, this.#key, wish);
  }
}

/** A server certificate that nobody but itself signed. */
export function selfSigned(): Identity {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return made(publicKey, privateKey, "localhost", privateKey, {});
}

function made(
  subjectKey: KeyObject,
  privateKey: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
  wish: CertificateWish,
): Identity {
  const certificate = makeCertificate({
    ...{ subject: "localhost", subjectKey, issuer, issuerKey, serial: serial() },
    notBefore: wish.notBefore ?? yesterday(),
    notAfter: wish.notAfter ?? tomorrow(),
    hosts: wish.hosts ?? ["localhost", "127.0.0.1"],
  });
  return { certificate, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

function serial(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}
