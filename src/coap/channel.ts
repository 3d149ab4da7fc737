import { seconds, type Duration } from "../core/duration.ts";
import type { StationError } from "../core/error.ts";

/** What CoAP messages travel over: a DTLS connection, or in tests anything that loses, repeats and reorders. */
export interface CoapChannel {
  /** Sends one datagram. @throws StationError when the channel has ended */
  send(datagram: Uint8Array): void;
  /** Sets the one listener for datagrams. */
  onMessage(listener: (datagram: Uint8Array) => void): void;
  /** Sets the one listener for the end, called once; without error after an orderly close. */
  onEnd(listener: (error: StationError | undefined) => void): void;
}

/** Transmission parameters (RFC 7252 section 4.8). */
export type CoapTiming = {
  readonly ackTimeout: Duration;
  /** The first wait is `ackTimeout` times 1 to this. */
  readonly randomFactor: number;
  readonly maxRetransmit: number;
};

/** The values of the RFC, which the devices' library uses too (protocol.md 6.4). */
export const STANDARD_TIMING: CoapTiming = { ackTimeout: seconds(2), randomFactor: 1.5, maxRetransmit: 4 };
