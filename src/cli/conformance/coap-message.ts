import { encodeWireText } from "../../core/wire-text.ts";
import type { CoapRequest } from "../../provisioning/transport.ts";

/** One CoAP option: number and value (RFC 7252, 5.4). */
export type CoapOption = readonly [number: number, value: Uint8Array];

/** A CoAP message without retransmission: what one datagram holds (RFC 7252, 3). */
export type CoapMessage = {
  readonly type: "CON" | "NON";
  /** `0.01` GET, `0.02` POST. */
  readonly code: string;
  readonly messageId: number;
  readonly token: Uint8Array;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
};

/** Option numbers (RFC 7252 12.2, RFC 7959, RFC 9175). */
export const COAP_OPTION = {
  uriPath: 11,
  contentFormat: 12,
  uriQuery: 15,
  block2: 23,
  block1: 27,
  requestTag: 292,
} as const;

const PAYLOAD_MARKER = 0xff;

/** The options that a request's path, query and content format stand for, in the order of their numbers. */
export function requestOptions(request: CoapRequest, more: readonly CoapOption[] = []): readonly CoapOption[] {
  const [path = "", query] = request.path.split("?", 2);
  const segments = path.split("/").filter((segment) => segment !== "");
  const parameters = query === undefined ? [] : query.split("&");
  const format = request.contentFormat;
  const options: CoapOption[] = [
    ...segments.map((segment): CoapOption => [COAP_OPTION.uriPath, encodeWireText(segment)]),
    ...(format === undefined ? [] : [[COAP_OPTION.contentFormat, shortest(format)] as const]),
    ...parameters.map((parameter): CoapOption => [COAP_OPTION.uriQuery, encodeWireText(parameter)]),
    ...more,
  ];
  return options.sort((a, b) => a[0] - b[0]);
}

/** The message's bytes. */
export function coapBytes(message: CoapMessage): Uint8Array {
  const [kind = 0, detail = 0] = message.code.split(".").map(Number);
  const head = [
    0x40 | (message.type === "CON" ? 0 : 0x10) | message.token.length,
    (kind << 5) | detail,
    message.messageId >> 8,
    message.messageId & 0xff,
    ...message.token,
  ];
  const payload = message.payload.length === 0 ? [] : [PAYLOAD_MARKER, ...message.payload];
  return Uint8Array.from([...head, ...optionBytes(message.options), ...payload]);
}

/** The value of a block option: number, more, size exponent (RFC 7959, 2.2). */
export function blockValue(number: number, more: boolean, size: number): Uint8Array {
  return shortest((number << 4) | (more ? 8 : 0) | (Math.log2(size) - 4));
}

function optionBytes(options: readonly CoapOption[]): number[] {
  let previous = 0;
  return options.flatMap(([number, value]) => {
    const delta = number - previous;
    previous = number;
    return [(nibble(delta) << 4) | nibble(value.length), ...extended(delta), ...extended(value.length), ...value];
  });
}

function nibble(value: number): number {
  if (value < 13) return value;
  return value < 269 ? 13 : 14;
}

function extended(value: number): readonly number[] {
  if (value < 13) return [];
  return value < 269 ? [value - 13] : [(value - 269) >> 8, (value - 269) & 0xff];
}

/** An unsigned number in as few bytes as it needs; 0 needs none. */
function shortest(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}
