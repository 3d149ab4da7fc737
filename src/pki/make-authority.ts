import { generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import { minutes } from "../core/duration.ts";
import { derOid, derSequence, derSet, derText } from "../core/der-writer.ts";
import { StationError } from "../core/error.ts";
import type { RandomBytes } from "../core/ids.ts";
import type { Secret } from "../core/secret.ts";
import { keyIdOf, readAuthorityChain, type AuthorityCertificate } from "./authority-certificate.ts";
import { newSerial } from "./issue.ts";
import { authorityExtensions, certificateBody, pemText, signedCertificate } from "./x509-writer.ts";

/** What a new CA is made of. */
export type NewAuthority = {
  /** Folder of its files; made when missing. */
  readonly dir: string;
  /** Common name of the CA. */
  readonly name: string;
  readonly days: number;
  /** Encrypts the key's file. */
  readonly passphrase?: Secret | undefined;
  readonly clock: Clock;
  readonly random: RandomBytes;
};

/** The names of a CA's files in their folder. */
export const AUTHORITY_FILES = { certificate: "ca.pem", key: "ca-key.pem" } as const;

const COMMON_NAME = "2.5.4.3";
const DAY = minutes(24 * 60);
const OWNER_ONLY = 0o600;
const EVERYBODY = 0o644;

/**
 * Makes a CA with a P-256 key: its certificate and its key, which only the owner of the file can read. Nothing is replaced.
 * @throws StationError pki.files-there, pki.files-unwritable
 */
export async function makeAuthority(order: NewAuthority): Promise<AuthorityCertificate> {
  const { dir, passphrase } = order;
  const { certificate, key } = keyAndCertificate(order);
  const sealed = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase: passphrase.reveal() };
  const [authority] = readAuthorityChain(certificate);
  const keyFile = join(dir, AUTHORITY_FILES.key);
  await attempt(dir, () => mkdir(dir, { recursive: true, mode: 0o700 }));
  // The key first: without it the certificate is worth nothing, and a key alone is noticed as such.
  await writeNew(keyFile, key.export({ type: "pkcs8", format: "pem", ...sealed }).toString(), OWNER_ONLY);
  try {
    await writeNew(join(dir, AUTHORITY_FILES.certificate), certificate, EVERYBODY);
  } catch (error) {
    await rm(keyFile, { force: true });
    throw error;
  }
  return authority;
}

function keyAndCertificate({ name, days, clock, random }: NewAuthority) {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = pair.publicKey.export({ type: "spki", format: "der" });
  const subject = derSequence(derSet(derSequence(derOid(COMMON_NAME), derText(name))));
  const now = clock.now();
  const body = certificateBody({
    ...{ serial: newSerial(random), algorithm: "ecdsa-sha256", issuer: subject, subject, publicKey },
    ...{ notBefore: now - DAY, notAfter: now + days * DAY },
    extensions: authorityExtensions(keyIdOf(publicKey)),
  });
  const signature = sign("sha256", body, { key: pair.privateKey, dsaEncoding: "der" });
  const der = signedCertificate(body, "ecdsa-sha256", signature);
  return { key: pair.privateKey, certificate: pemText("CERTIFICATE", new X509Certificate(der).raw) };
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  await attempt(path, async () => {
    const file = await open(path, "wx", mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

async function attempt(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const there = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    if (there) throw new StationError("pki.files-there", "a file of a CA is there already", { path });
    throw new StationError("pki.files-unwritable", "a file of the CA cannot be written", { path }, { cause });
  }
}
