import { sameBytes } from "../bytes.ts";
import {
  DER,
  derElement,
  derElements,
  derOidText,
  derSmallInteger,
  derTruth,
  expectTag,
  malformed,
  type DerElement,
} from "./der-reader.ts";

/** What node:crypto does not tell about a certificate (RFC 5280 section 4.2). */
export type CertificateFacts = {
  /** 1 to 3. */
  readonly version: number;
  /** The signature algorithm's object identifier. */
  readonly signatureAlgorithm: string;
  /** Basic constraints: whether it is a CA's, and how many CAs may stand between it and a leaf. */
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
  /** Key usage; undefined when the certificate does not limit it. */
  readonly keyUsage: { readonly digitalSignature: boolean; readonly keyCertSign: boolean } | undefined;
  /** Extended key usages as object identifiers; undefined when not limited. */
  readonly purposes: readonly string[] | undefined;
  /** A critical extension that the station does not process. */
  readonly unknownCritical: string | undefined;
};

type Extension = { readonly critical: boolean; readonly value: Uint8Array };

const BASIC_CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";
const EXTENDED_KEY_USAGE = "2.5.29.37";
/** Subject alternative name, key identifiers and policies need nothing, or are checked by node:crypto. */
const PROCESSED = new Set([
  ...[BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE],
  ...["2.5.29.17", "2.5.29.14", "2.5.29.35", "2.5.29.32"],
]);

const VERSION_TAG = 0xa0;
const EXTENSIONS_TAG = 0xa3;
const DIGITAL_SIGNATURE = 0x80;
const KEY_CERT_SIGN = 0x04;

/** Reads a certificate. @throws StationError `dtls.certificate-malformed` */
export function readCertificateFacts(der: Uint8Array): CertificateFacts {
  const [body, algorithm, signature] = derElements(derElement(der, DER.sequence).content);
  expectTag(signature, DER.bitString);
  const fields = derElements(expectTag(body, DER.sequence).content);
  const versioned = fields[0]?.tag === VERSION_TAG;
  const inner = fields[versioned ? 2 : 1];
  const outer = expectTag(algorithm, DER.sequence);
  // RFC 5280 section 4.1.1.2: the algorithm stands twice, the same.
  if (!sameBytes(expectTag(inner, DER.sequence).content, outer.content)) throw malformed("two signature algorithms");
  const extensions = readExtensions(fields.find(({ tag }) => tag === EXTENSIONS_TAG));
  return {
    version: versioned ? 1 + derSmallInteger(derElements(fields[0]?.content ?? new Uint8Array(0))[0]) : 1,
    signatureAlgorithm: derOidText(derElements(outer.content)[0]),
    ...basicConstraints(extensions.get(BASIC_CONSTRAINTS)),
    keyUsage: keyUsage(extensions.get(KEY_USAGE)),
    purposes: purposes(extensions.get(EXTENDED_KEY_USAGE)),
    unknownCritical: [...extensions].find(([oid, { critical }]) => critical && !PROCESSED.has(oid))?.[0],
  };
}

function readExtensions(field: DerElement | undefined): ReadonlyMap<string, Extension> {
  const found = new Map<string, Extension>();
  if (field === undefined) return found;
  for (const entry of derElements(derElement(field.content, DER.sequence).content)) {
    const parts = derElements(expectTag(entry, DER.sequence).content);
    const oid = derOidText(parts[0]);
    const flag = parts.length === 3 ? parts[1] : undefined;
    if (found.has(oid)) throw malformed("an extension that stands twice");
    const value = expectTag(parts.at(-1), DER.octetString).content;
    found.set(oid, { critical: flag !== undefined && derTruth(flag), value });
  }
  return found;
}

function basicConstraints(extension: Extension | undefined): Pick<CertificateFacts, "isCa" | "pathLength"> {
  if (extension === undefined) return { isCa: false, pathLength: undefined };
  const parts = derElements(derElement(extension.value, DER.sequence).content);
  const flag = parts.find(({ tag }) => tag === DER.boolean);
  const length = parts.find(({ tag }) => tag === DER.integer);
  return {
    isCa: flag !== undefined && derTruth(flag),
    pathLength: length === undefined ? undefined : derSmallInteger(length),
  };
}

function keyUsage(extension: Extension | undefined): CertificateFacts["keyUsage"] {
  if (extension === undefined) return undefined;
  const [unused, bits = 0] = derElement(extension.value, DER.bitString).content;
  if (unused === undefined || unused > 7) throw malformed("a key usage that is no bit string");
  return { digitalSignature: (bits & DIGITAL_SIGNATURE) !== 0, keyCertSign: (bits & KEY_CERT_SIGN) !== 0 };
}

function purposes(extension: Extension | undefined): readonly string[] | undefined {
  if (extension === undefined) return undefined;
  return derElements(derElement(extension.value, DER.sequence).content).map(derOidText);
}
