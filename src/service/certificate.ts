import { createHash, createPublicKey, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import type { Instant } from "../core/clock.ts";
import { der, derBits, derOid, derSequence, derSet, derText } from "../core/der-writer.ts";
import {
  authorityExtensions,
  certificateBody,
  EXTENSION,
  extension,
  keyIds,
  pemText,
  signedCertificate,
} from "../pki/x509-writer.ts";

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

const OID = { commonName: "2.5.4.3", organization: "2.5.4.10", serverAuth: "1.3.6.1.5.5.7.3.1" } as const;

/** Makes an X.509 v3 certificate (RFC 5280), ECDSA with SHA-256, as PEM text with a final line feed. */
export function makeCertificate(order: CertificateOrder): string {
  const { serial, notBefore, notAfter } = order;
  const body = certificateBody({
    ...{ serial, algorithm: "ecdsa-sha256", issuer: name(order.issuer), subject: name(order.subject) },
    ...{ publicKey: spkiOf(order.subjectKey), notBefore, notAfter, extensions: extensions(order) },
  });
  const signature = sign("sha256", body, { key: order.issuerKey, dsaEncoding: "der" });
  return pemText("CERTIFICATE", signedCertificate(body, "ecdsa-sha256", signature));
}

function extensions({ hosts, subjectKey, issuerKey }: CertificateOrder): readonly Uint8Array[] {
  if (hosts === undefined) return authorityExtensions(keyId(subjectKey));
  return [
    extension(EXTENSION.basicConstraints, derSequence(), true),
    extension(EXTENSION.keyUsage, derBits(Uint8Array.of(0x80), 7), true),
    extension(EXTENSION.extendedKeyUsage, derSequence(derOid(OID.serverAuth))),
    extension(EXTENSION.subjectAltName, derSequence(...hosts.map(generalName))),
    ...keyIds(keyId(subjectKey), keyId(issuerKey)),
  ];
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
