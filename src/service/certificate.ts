import { createHash, createPublicKey, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import type { Instant } from "../core/clock.ts";
import { isoTime } from "../core/iso-time.ts";
import {
  der,
  DER_TRUE,
  derBits,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derTagged,
  derText,
  derTime,
} from "../core/der-writer.ts";

/** What a certificate of the service says; the issuer's name and key make the rest. */
export type CertificateOrder = {
  readonly subject: string;
  readonly subjectKey: KeyObject;
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** 16 random bytes. */
  readonly serial: Uint8Array;
  /** Names and addresses of a server; absent: a CA. */
  readonly hosts?: readonly string[];
};

const OID = {
  ecdsaSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

const PEM_LINE = /.{1,64}/g;

/** Makes an X.509 v3 certificate (RFC 5280), ECDSA with SHA-256, as PEM text with a final line feed. */
export function makeCertificate(order: CertificateOrder): string {
  const algorithm = derSequence(derOid(OID.ecdsaSha256));
  const body = derSequence(
    derTagged(0, derInteger(Uint8Array.of(2))),
    derInteger(order.serial),
    algorithm,
    name(order.issuer),
    derSequence(derTime(isoTime(order.notBefore)), derTime(isoTime(order.notAfter))),
    name(order.subject),
    spkiOf(order.subjectKey),
    derTagged(3, derSequence(...extensions(order))),
  );
  const signature = sign("sha256", body, { key: order.issuerKey, dsaEncoding: "der" });
  return pem("CERTIFICATE", derSequence(body, algorithm, derBits(signature)));
}

/** PEM text (RFC 7468) with lines of 64 characters and a final line feed. */
export function pem(label: string, bytes: Uint8Array): string {
  const lines = Buffer.from(bytes).toString("base64").match(PEM_LINE) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function extensions(order: CertificateOrder): Uint8Array[] {
  const common = [
    extension(OID.subjectKeyId, derOctets(keyId(order.subjectKey))),
    extension(OID.authorityKeyId, derSequence(der(0x80, keyId(order.issuerKey)))),
  ];
  if (order.hosts === undefined) {
    // CA:TRUE with path length 0: it signs servers, never another CA. Usage: keyCertSign and cRLSign.
    const ca = derSequence(DER_TRUE, derInteger(Uint8Array.of(0)));
    return [
      extension(OID.basicConstraints, ca, true),
      extension(OID.keyUsage, derBits(Uint8Array.of(0x06), 1), true),
      ...common,
    ];
  }
  return [
    extension(OID.basicConstraints, derSequence(), true),
    extension(OID.keyUsage, derBits(Uint8Array.of(0x80), 7), true),
    extension(OID.extendedKeyUsage, derSequence(derOid(OID.serverAuth))),
    extension(OID.subjectAltName, derSequence(...order.hosts.map(generalName))),
    ...common,
  ];
}

function extension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  return derSequence(derOid(oid), ...(critical ? [DER_TRUE] : []), derOctets(value));
}

function name(commonName: string): Uint8Array {
  const part = (oid: string, text: string): Uint8Array => derSet(derSequence(derOid(oid), derText(text)));
  return derSequence(part(OID.organization, "Provisioning Station"), part(OID.commonName, commonName));
}

function generalName(host: string): Uint8Array {
  return isIP(host) === 0 ? der(0x82, new TextEncoder().encode(host)) : der(0x87, addressBytes(host));
}

function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split("."), Number);
  const groups = (text: string): number[] => (text === "" ? [] : text.split(":").map((group) => parseInt(group, 16)));
  const [head = "", tail] = canonicalIpv6(address).split("::");
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** The form without embedded IPv4 and without a zone. */
function canonicalIpv6(address: string): string {
  return new URL(`http://[${address.replace(/%.*$/, "")}]/`).hostname.slice(1, -1);
}

function keyId(key: KeyObject): Uint8Array {
  return createHash("sha1").update(spkiOf(key)).digest();
}

function spkiOf(key: KeyObject): Uint8Array {
  const shared = key.type === "public" ? key : createPublicKey(key.export({ type: "pkcs8", format: "pem" }));
  return shared.export({ type: "spki", format: "der" });
}
