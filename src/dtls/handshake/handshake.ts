import { timingSafeEqual } from "node:crypto";
import { StationError } from "../../core/error.ts";
import type { DtlsFacts } from "../dtls-connection.ts";
import { verifyData } from "../key-schedule.ts";
import type { Protection } from "../record/record-layer.ts";
import type { Suite } from "../suite.ts";
import type { HandshakeMessage } from "./message.ts";

/** One element of a flight: a message in its epoch, or the change of ciphers between the epochs. */
export type FlightItem =
  | { readonly kind: "message"; readonly epoch: 0 | 1; readonly message: HandshakeMessage }
  | { readonly kind: "cipher-change" };

/**
 * What a handshake wants done: send a flight (`awaits` tells whether an answer is due, which arms retransmission), protect
 * epoch 1, or be told finished.
 */
export type HandshakeStep =
  | { readonly kind: "flight"; readonly items: readonly FlightItem[]; readonly awaits: boolean }
  | { readonly kind: "protect"; readonly protection: Protection }
  | { readonly kind: "finished"; readonly facts: DtlsFacts };

/** One side's handshake as a state machine: whole messages in order go in, steps come out; it knows no sockets, records or time. */
export interface Handshake {
  /** The first flight. */
  start(): readonly HandshakeStep[];
  /** Takes the peer's next message. @throws StationError when the handshake must end; the peer is told by alert */
  receive(message: HandshakeMessage): readonly HandshakeStep[];
  /** Whether a session that an alert ends must be forgotten (RFC 5246 section 7.2.2); does so. */
  forgetSession(): void;
}

/** Checks a Finished message (RFC 5246 section 7.4.9) in constant time. @throws StationError `dtls.finished` */
export function checkFinished(
  body: Uint8Array,
  suite: Suite,
  master: Uint8Array,
  side: "client" | "server",
  transcriptHash: Uint8Array,
): void {
  const expected = verifyData(suite, master, side, transcriptHash);
  if (body.length !== expected.length || !timingSafeEqual(body, expected))
    throw new StationError("dtls.finished", "the handshake's messages differ between the two sides");
}
