import { DerReader, type DerElement } from "../core/der-reader.ts";
import { quantity } from "../core/fact.ts";
import { tokenMalformed } from "./token-parts.ts";

const reader = new DerReader(derRefusal);

/**
 * The elements that follow each other in a DER content; low tags, lengths of at most two bytes.
 * @throws StationError provisioning.token-malformed
 */
export function derElements(content: Uint8Array, what: string): readonly DerElement[] {
  return reader.elements(content, what);
}

/** The one element that a DER text is; nothing may follow. @throws StationError provisioning.token-malformed */
export function derWhole(bytes: Uint8Array, tag: number, what: string): DerElement {
  return reader.whole(bytes, tag, what);
}

/** The element of the given place, with the given tag. @throws StationError provisioning.token-malformed */
export function derAt(elements: readonly DerElement[], index: number, tag: number, what: string): DerElement {
  return reader.at(elements, index, tag, what);
}

/** The error for DER that is not what was expected. */
export function derRefusal(what: string, offset: number): Error {
  return tokenMalformed("KEYGEN token", `DER of ${what}`, { offset: quantity(offset, "bytes") });
}
