import { StationError } from "../core/error.ts";
import type { PeerAddress } from "./datagram-port.ts";
import { encodeHelloVerifyRequest, parseClientHello, type ClientHello } from "./handshake/hellos.ts";
import { encodeMessage, fragmentsOf, MESSAGE, type HandshakeMessage } from "./handshake/message.ts";
import { CONTENT, encodeRecord, recordsOf } from "./record/record.ts";
import type { ServerCookie } from "./server-cookie.ts";

/** A hello whose sender has shown that it receives at its address. */
export type VerifiedHello = {
  readonly hello: ClientHello;
  readonly message: HandshakeMessage;
  /** Of the record that it came in; the server's first record takes it over (RFC 6347 section 4.2.1). */
  readonly recordSequence: number;
};

/** What a datagram asks of the door. */
export type Knock =
  | { readonly kind: "none" }
  | { readonly kind: "unverified"; readonly answer: Uint8Array }
  | ({ readonly kind: "verified" } & VerifiedHello);

const NO_ID = new Uint8Array(0);
const MOST_SEQUENCE = 16;

/**
 * What a server does with a datagram without keeping anything: a hello without a good cookie is asked for one. Hellos in several
 * fragments are not taken, as putting them together would need memory for strangers.
 * @param now monotonic, ms
 */
export function knock(datagram: Uint8Array, from: PeerAddress, cookies: ServerCookie, now: number): Knock {
  const [record] = recordsOf(datagram, NO_ID);
  if (record?.type !== CONTENT.handshake || record.epoch !== 0) return { kind: "none" };
  const [fragment] = fragmentsOf(record.body);
  const whole = fragment?.offset === 0 && fragment.body.length === fragment.length;
  if (!whole || fragment.type !== MESSAGE.clientHello || fragment.sequence > MOST_SEQUENCE) return { kind: "none" };
  const hello = readHello(fragment.body);
  if (hello === undefined) return { kind: "none" };
  if (!cookies.isGood(hello, from, now)) {
    const body = encodeHelloVerifyRequest(cookies.make(hello, from, now));
    const message = encodeMessage({ type: MESSAGE.helloVerifyRequest, sequence: 0, body });
    return { kind: "unverified", answer: encodeRecord({ ...record, body: message }) };
  }
  const { type, sequence, body } = fragment;
  return { kind: "verified", hello, message: { type, sequence, body }, recordSequence: record.sequence };
}

/** Strangers' hellos that cannot be read get no answer. */
function readHello(body: Uint8Array): ClientHello | undefined {
  try {
    return parseClientHello(body);
  } catch (error) {
    if (error instanceof StationError) return undefined;
    throw error;
  }
}
