import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  X509Certificate,
  type KeyObject,
} from "node:crypto";
import { isIP } from "node:net";
import { join } from "node:path";
import type { Clock, Instant } from "../core/clock.ts";
import { minutes, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { makeCertificate } from "./certificate.ts";
import { readIfThere, writeWhole } from "./private-file.ts";

/** What the HTTPS servers need: PEM texts, and the time from which the server certificate should be renewed. */
export type ServerIdentity = {
  readonly caFile: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
};

const days = (count: number): Duration => minutes(count * 24 * 60);
const CA_LIFE = days(3652);
const SERVER_LIFE = days(365);
const RENEW_BEFORE = days(30);
/** Certificates begin in the past, as the clocks of devices may lag behind. */
const HEAD_START = days(1);

const FILES = { ca: "ca.pem", caKey: "ca-key.pem", server: "server.pem", serverKey: "server-key.pem" } as const;

/**
 * The service's own CA (ECDSA P-256, 10 years) and server certificate, made when missing and kept in `directory`; the server
 * certificate is made anew when fewer than 30 days are left or when it does not name every host. The CA is never replaced:
 * profiles and devices trust it.
 * @param hosts DNS names and addresses that devices and owners dial
 * @throws StationError service.directory, service.files-damaged
 */
export function ensureServerIdentity(directory: string, hosts: readonly string[], clock: Clock): ServerIdentity {
  const path = (file: keyof typeof FILES): string => join(directory, FILES[file]);
  const ca = ensureAuthority(path("ca"), path("caKey"), clock);
  const kept = readPair(path("server"), path("serverKey"));
  if (kept !== undefined && stillGood(kept.certificate, ca.certificate, hosts, clock.now()))
    return { caFile: path("ca"), ca: ca.pem, certificate: kept.pem, key: pkcs8(kept.key) };
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = makeCertificate({
    subject: hosts[0] ?? "localhost",
    subjectKey: pair.publicKey,
    issuer: caName(ca.certificate),
    issuerKey: ca.key,
    notBefore: clock.now() - HEAD_START,
    notAfter: Math.min(clock.now() + SERVER_LIFE, Date.parse(ca.certificate.validTo)),
    serial: serial(),
    hosts,
  });
  // The key first: a certificate without its key would be taken for damage, a key without its certificate is just replaced.
  writeWhole(path("serverKey"), pkcs8(pair.privateKey), "private");
  writeWhole(path("server"), certificate, "public");
  return { caFile: path("ca"), ca: ca.pem, certificate, key: pkcs8(pair.privateKey) };
}

type Pair = { readonly pem: string; readonly certificate: X509Certificate; readonly key: KeyObject };

function ensureAuthority(certificateFile: string, keyFile: string, clock: Clock): Pair {
  const kept = readPair(certificateFile, keyFile);
  if (kept !== undefined) return kept;
  if (readIfThere(certificateFile) !== undefined)
    throw new StationError("service.files-damaged", "the CA's key does not fit its certificate", {
      certificate: certificateFile,
      key: keyFile,
    });
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // A name of its own for each CA: clients that trust several would otherwise try the wrong one.
  const name = `Embedded Provisioning Service CA ${randomBytes(4).toString("hex")}`;
  const pem = makeCertificate({
    subject: name,
    subjectKey: pair.publicKey,
    issuer: name,
    issuerKey: pair.privateKey,
    notBefore: clock.now() - HEAD_START,
    notAfter: clock.now() + CA_LIFE,
    serial: serial(),
  });
  writeWhole(keyFile, pkcs8(pair.privateKey), "private");
  writeWhole(certificateFile, pem, "public");
  return { pem, certificate: new X509Certificate(pem), key: pair.privateKey };
}

/** The pair when both files are there and fit each other. */
function readPair(certificateFile: string, keyFile: string): Pair | undefined {
  const pem = readIfThere(certificateFile);
  const keyText = readIfThere(keyFile);
  if (pem === undefined || keyText === undefined) return undefined;
  try {
    const certificate = new X509Certificate(pem);
    const key = createPrivateKey(keyText);
    return createPublicKey(keyText).equals(certificate.publicKey) ? { pem, certificate, key } : undefined;
  } catch {
    return undefined;
  }
}

function stillGood(certificate: X509Certificate, ca: X509Certificate, hosts: readonly string[], now: Instant): boolean {
  const names = (host: string): boolean =>
    isIP(host) === 0
      ? certificate.checkHost(host, { subject: "never" }) !== undefined
      : certificate.checkIP(host) !== undefined;
  return (
    certificate.verify(ca.publicKey) &&
    Date.parse(certificate.validFrom) <= now &&
    Date.parse(certificate.validTo) - now > RENEW_BEFORE &&
    hosts.every(names)
  );
}

function caName(certificate: X509Certificate): string {
  return /CN=(.*)/.exec(certificate.subject)?.[1] ?? "";
}

function serial(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}

function pkcs8(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
