import { DER, type DerElement } from "../core/der-reader.ts";
import { derSequence } from "../core/der-writer.ts";
import { decodeWireText } from "../core/wire-text.ts";
import { derAt, derElements, derRefusal, derWhole } from "./der-reader.ts";
import { toHex } from "./token-parts.ts";

/** A certificate signing request of a modem (PKCS#10, protocol.md 7.3). */
export type SigningRequest = {
  /** The subject as `CN=…,O=…`, in the request's order. */
  readonly subject: string;
  /** The key as SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** The content of the key usage bit string without its tag and length: unused bits, then the bits; absent where not asked for. */
  readonly keyUsage?: Uint8Array;
  /** What the signature covers. */
  readonly signedInfo: Uint8Array;
  /** The signature as DER of r and s. */
  readonly signature: Uint8Array;
  /** Older modem firmware writes a NULL that strict X.509 readers refuse; see {@link normalisedRequest}. */
  readonly hasNullParameters: boolean;
};

const OID = {
  ecdsaWithSha256: "2a8648ce3d040302",
  extensionRequest: "2a864886f70d01090e",
  keyUsage: "551d0f",
} as const;

const ATTRIBUTE_NAMES: Readonly<Record<string, string>> = {
  "550403": "CN",
  "550405": "serialNumber",
  "550406": "C",
  "550407": "L",
  "550408": "ST",
  "55040a": "O",
  "55040b": "OU",
  "2a864886f70d010901": "emailAddress",
};

/**
 * Reads a modem's signing request.
 * @throws StationError provisioning.token-malformed
 */
export function parseSigningRequest(der: Uint8Array): SigningRequest {
  const parts = derElements(derWhole(der, DER.sequence, "the signing request").content, "the signing request");
  const info = derAt(parts, 0, DER.sequence, "the request's content");
  const algorithm = derElements(
    derAt(parts, 1, DER.sequence, "the signature algorithm").content,
    "the signature algorithm",
  );
  if (toHex(derAt(algorithm, 0, DER.oid, "the signature algorithm").content) !== OID.ecdsaWithSha256)
    throw derRefusal("ECDSA with SHA-256", info.whole.length);
  const signature = derAt(parts, 2, DER.bitString, "the signature").content;
  const fields = derElements(info.content, "the request's content");
  derAt(fields, 0, DER.integer, "the request's version");
  const usage = keyUsageOf(fields[3]);
  return {
    subject: subjectText(derAt(fields, 1, DER.sequence, "the subject")),
    publicKey: derAt(fields, 2, DER.sequence, "the public key").whole,
    ...(usage === undefined ? {} : { keyUsage: usage }),
    signedInfo: info.whole,
    signature: signature.subarray(1),
    hasNullParameters: algorithm[1]?.tag === DER.null,
  };
}

/**
 * The request without the NULL parameters of its signature algorithm, for strict X.509 readers; the same bytes when it has
 * none. The signature stays valid, the hash in the KEYGEN token does not (protocol.md 7.3).
 * @throws StationError provisioning.token-malformed
 */
export function normalisedRequest(der: Uint8Array): Uint8Array {
  if (!parseSigningRequest(der).hasNullParameters) return der;
  const parts = derElements(derWhole(der, DER.sequence, "the signing request").content, "the signing request");
  const algorithm = derElements(
    derAt(parts, 1, DER.sequence, "the signature algorithm").content,
    "the signature algorithm",
  );
  const name = derAt(algorithm, 0, DER.oid, "the signature algorithm");
  return derSequence(
    derAt(parts, 0, DER.sequence, "the request's content").whole,
    derSequence(name.whole),
    derAt(parts, 2, DER.bitString, "the signature").whole,
  );
}

function subjectText(subject: DerElement): string {
  return derElements(subject.content, "the subject")
    .flatMap((set) => derElements(set.content, "the subject"))
    .map((attribute) => {
      const [type, value] = derElements(attribute.content, "the subject");
      const oid = toHex(type?.content ?? new Uint8Array(0));
      return `${ATTRIBUTE_NAMES[oid] ?? oid}=${decodeWireText(value?.content ?? new Uint8Array(0))}`;
    })
    .join(",");
}

/** The key usage among the requested extensions. */
function keyUsageOf(attributes: DerElement | undefined): Uint8Array | undefined {
  if (attributes?.tag !== DER.attributes) return undefined;
  for (const attribute of derElements(attributes.content, "the attributes")) {
    const [type, values] = derElements(attribute.content, "an attribute");
    if (type === undefined || values === undefined || toHex(type.content) !== OID.extensionRequest) continue;
    for (const list of derElements(values.content, "the extensions"))
      for (const extension of derElements(list.content, "the extensions")) {
        const [oid, ...rest] = derElements(extension.content, "an extension");
        const value = rest.at(-1);
        if (oid === undefined || toHex(oid.content) !== OID.keyUsage || value?.tag !== DER.octetString) continue;
        return derWhole(value.content, DER.bitString, "the key usage").content;
      }
  }
  return undefined;
}
