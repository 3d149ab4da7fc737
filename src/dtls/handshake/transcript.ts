import { createHash } from "node:crypto";
import type { Suite } from "../suite.ts";
import { encodeMessage, type HandshakeMessage } from "./message.ts";

/**
 * The messages of a handshake in order, both sides', from the ClientHello that carries the cookie on
 * (RFC 6347 section 4.2.6: the first hello and HelloVerifyRequest do not count).
 */
export class Transcript {
  readonly #messages: Uint8Array[] = [];

  add(message: HandshakeMessage): void {
    this.#messages.push(encodeMessage(message));
  }

  /** The hash of everything so far. */
  digest(hash: Suite["hash"]): Uint8Array {
    const hashing = createHash(hash);
    for (const message of this.#messages) hashing.update(message);
    return hashing.digest();
  }

  /** Forgets everything, as before a second hello. */
  clear(): void {
    this.#messages.length = 0;
  }
}
