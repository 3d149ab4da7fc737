import { randomBytes } from "node:crypto";
import { hexOf, numberAt } from "./bytes.ts";
import { CONTENT } from "./record/record.ts";

/** Bytes of the connection ids that a server gives out (RFC 9146). */
export const CONNECTION_ID_LENGTH = 8;

const HEADER = 13;

/** A fresh connection id; random, so that outsiders neither guess nor link them. */
export function makeConnectionId(): Uint8Array {
  return randomBytes(CONNECTION_ID_LENGTH);
}

/**
 * The first connection id in a datagram to the server, hex, or undefined when none of its records has one; a repeated last
 * flight has plain records before it.
 */
export function connectionIdIn(datagram: Uint8Array): string | undefined {
  for (let at = 0; at + HEADER + CONNECTION_ID_LENGTH <= datagram.length;) {
    if (datagram[at] === CONTENT.connectionId) return hexOf(datagram.subarray(at + 11, at + 11 + CONNECTION_ID_LENGTH));
    at += HEADER + numberAt(datagram, at + 11, 2);
  }
  return undefined;
}
