import { generate, parse, type ParsedPacket } from "coap-packet";
import { StationError } from "../core/error.ts";
import { checkFraming, DATAGRAM_LIMIT } from "./framing.ts";
import type { CoapOption } from "./options.ts";

/** How a message is carried (RFC 7252 section 4). */
export type MessageType = "CON" | "NON" | "ACK" | "RST";

/** One CoAP message (RFC 7252 section 3). */
export type CoapMessage = {
  readonly type: MessageType;
  /** Class and detail: `0.00` empty, `0.01` GET to `2.05` Content and so on. */
  readonly code: string;
  /** 0 to 65535. */
  readonly id: number;
  /** 0 to 8 bytes. */
  readonly token: Uint8Array;
  /** In the order of their numbers. */
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
};

/** The code of a message that is an acknowledgement, a reset or a ping alone. */
export const EMPTY = "0.00";

const NOTHING = new Uint8Array();

/**
 * Reads a datagram as a CoAP message.
 * @throws StationError coap.malformed naming what is wrong and at which byte
 */
export function parseMessage(datagram: Uint8Array): CoapMessage {
  checkFraming(datagram);
  const packet = parsed(datagram);
  return {
    type: typeOf(packet),
    code: packet.code,
    id: packet.messageId,
    token: bytes(packet.token),
    options: packet.options.map(({ name, value }) => ({ number: numberOf(name), value: bytes(value) })),
    payload: bytes(packet.payload),
  };
}

/** The datagram of a message. */
export function encodeMessage({ type, code, id, token, options, payload }: CoapMessage): Uint8Array {
  const packet = {
    code,
    messageId: id,
    token: Buffer.from(token),
    confirmable: type === "CON",
    ack: type === "ACK",
    reset: type === "RST",
    options: options.map(({ number, value }) => ({ name: String(number), value: Buffer.from(value) })),
    payload: Buffer.from(payload),
  };
  return generate(packet, DATAGRAM_LIMIT);
}

/** An acknowledgement or a reset of a message, without anything else. */
export function emptyMessage(type: "ACK" | "RST", id: number): CoapMessage {
  return { type, code: EMPTY, id, token: NOTHING, options: [], payload: NOTHING };
}

/** What an answer says, however it is carried. */
export type Contents = Pick<CoapMessage, "code" | "options" | "payload">;

/** An answer of a code alone. */
export function bare(code: string): Contents {
  return { code, options: [], payload: NOTHING };
}

/** 0: request or empty; 2: success; 4: the client's fault; 5: the server's. */
export function codeClass(code: string): number {
  return Number(code.slice(0, 1));
}

function parsed(datagram: Uint8Array): ParsedPacket {
  try {
    return parse(Buffer.from(datagram));
  } catch (cause) {
    throw new StationError("coap.malformed", "the datagram is no CoAP message", { bytes: datagram.length }, { cause });
  }
}

/** Copies: the library's buffers look into the datagram. */
function bytes(buffer: Buffer): Uint8Array {
  return Uint8Array.from(buffer);
}

function typeOf({ confirmable, ack, reset }: ParsedPacket): MessageType {
  if (confirmable) return "CON";
  if (reset) return "RST";
  return ack ? "ACK" : "NON";
}

/** Names that the library gives to option numbers. */
const NUMBERS: Readonly<Record<string, number>> = {
  "If-Match": 1,
  "Uri-Host": 3,
  ETag: 4,
  "If-None-Match": 5,
  Observe: 6,
  "Uri-Port": 7,
  "Location-Path": 8,
  OSCORE: 9,
  "Uri-Path": 11,
  "Content-Format": 12,
  "Max-Age": 14,
  "Uri-Query": 15,
  "Hop-Limit": 16,
  Accept: 17,
  "Q-Block1": 19,
  "Location-Query": 20,
  Block2: 23,
  Block1: 27,
  Size2: 28,
  "Q-Block2": 31,
  "Proxy-Uri": 35,
  "Proxy-Scheme": 39,
  Size1: 60,
  "No-Response": 258,
  "OCF-Accept-Content-Format-Version": 2049,
  "OCF-Content-Format-Version": 2053,
};

function numberOf(name: string | number): number {
  return NUMBERS[name] ?? Number(name);
}
