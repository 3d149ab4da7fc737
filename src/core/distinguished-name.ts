import { der, derOid, derSequence, derSet } from "./der-writer.ts";
import { encodeWireText } from "./wire-text.ts";

/** A subject attribute: its object identifier and value. */
type Attribute = { readonly oid: string; readonly value: string; readonly stringTag: number };

const UTF8_STRING = 0x0c;
const PRINTABLE_STRING = 0x13;
const IA5_STRING = 0x16;

const TYPES: Readonly<Record<string, readonly [oid: string, stringTag: number]>> = {
  CN: ["2.5.4.3", UTF8_STRING],
  SN: ["2.5.4.4", UTF8_STRING],
  SERIALNUMBER: ["2.5.4.5", PRINTABLE_STRING],
  C: ["2.5.4.6", PRINTABLE_STRING],
  L: ["2.5.4.7", UTF8_STRING],
  ST: ["2.5.4.8", UTF8_STRING],
  O: ["2.5.4.10", UTF8_STRING],
  OU: ["2.5.4.11", UTF8_STRING],
  TITLE: ["2.5.4.12", UTF8_STRING],
  GN: ["2.5.4.42", UTF8_STRING],
  INITIALS: ["2.5.4.43", UTF8_STRING],
  DNQUALIFIER: ["2.5.4.46", PRINTABLE_STRING],
  DC: ["0.9.2342.19200300.100.1.25", IA5_STRING],
  EMAILADDRESS: ["1.2.840.113549.1.9.1", IA5_STRING],
};

const LONGEST_VALUE = 256;

/**
 * The X.509 subject of a text such as `CN=d,O=Example` (at.md 5) as DER; a backslash keeps the next character.
 * @returns undefined when an attribute is unknown, empty, longer than 256 characters or malformed
 */
export function subjectDer(text: string): Uint8Array | undefined {
  const attributes: Attribute[] = [];
  for (const part of splitOutsideEscapes(text)) {
    const attribute = parseAttribute(part);
    if (attribute === undefined) return undefined;
    attributes.push(attribute);
  }
  return derSequence(
    ...attributes.map((one) => derSet(derSequence(derOid(one.oid), der(one.stringTag, encodeWireText(one.value))))),
  );
}

function parseAttribute(part: string): Attribute | undefined {
  const at = part.indexOf("=");
  const name = part.slice(0, Math.max(at, 0)).trim().toUpperCase();
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  const value = part
    .slice(at + 1)
    .trim()
    .replaceAll(/\\([\s\S])/g, "$1");
  if (type === undefined || value === "" || value.length > LONGEST_VALUE) return undefined;
  // PrintableString and IA5String hold ASCII only; anything else would not be valid DER for that type.
  if (type[1] !== UTF8_STRING && !/^[\x20-\x7e]+$/.test(value)) return undefined;
  return { oid: type[0], stringTag: type[1], value };
}

function splitOutsideEscapes(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|,)((?:\\[\s\S]|[^,\\])*)/g)].map(([, part = ""]) => part);
}
