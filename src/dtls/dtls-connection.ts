import type { StationError } from "../core/error.ts";
import type { PeerAddress } from "./datagram-port.ts";

/** The cipher suites that the station speaks, in the order it likes them (RFC 5289, RFC 7251). */
export type SuiteName =
  "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" | "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" | "ECDHE_ECDSA_WITH_AES_128_CCM_8";

/** What a finished handshake has settled; none of it is secret. */
export type DtlsFacts = {
  readonly suite: SuiteName;
  /** SHA-256 of the peer's certificate (DER), lower-case hex; undefined at a server, whose clients have none. */
  readonly peerFingerprint: string | undefined;
  /** Whether an earlier session was taken up again, with the certificate that was checked then. */
  readonly resumed: boolean;
  /** Whether records to the server carry its connection id (RFC 9146), so that the client's address may change. */
  readonly connectionId: boolean;
};

/** Most bytes of one message: what one record may hold (RFC 5246 section 6.2.1). */
export const MESSAGE_LIMIT = 16_384;

/**
 * An established DTLS 1.2 connection, client or server side. Messages arrive authentic and at most once; they may be lost
 * and reordered like the datagrams that carry them.
 */
export interface DtlsConnection {
  readonly facts: DtlsFacts;
  /** Where the other end is; at a server it follows an authentic client to its new address (RFC 9146 section 6). */
  readonly peer: PeerAddress;
  /**
   * Sends one message in one record and one datagram; keep it below about 1150 bytes, or the network must fragment it.
   * @throws StationError `dtls.closed`, `dtls.too-large` (above {@link MESSAGE_LIMIT}), `dtls.exhausted`
   */
  send(data: Uint8Array): void;
  /** Sets the one listener for messages; up to 32 messages that came earlier are handed to it at once. */
  onMessage(listener: (data: Uint8Array) => void): void;
  /**
   * Sets the one listener for the end, called once: without error after `close` on either side, else with the reason
   * (`dtls.peer-alert`, `dtls.idle`). Called at once when the end has come already.
   */
  onEnd(listener: (error: StationError | undefined) => void): void;
  /** Says goodbye (close_notify), wipes the keys and frees the socket of a client; repeats are harmless. */
  close(): Promise<void>;
}
