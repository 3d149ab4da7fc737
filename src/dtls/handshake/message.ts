import { joined, numberAt, uint } from "../bytes.ts";

/** Handshake message types (RFC 5246 section 7.4, RFC 6347 section 4.3.2). */
export const MESSAGE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  clientKeyExchange: 16,
  finished: 20,
} as const;

/** A whole handshake message; `sequence` counts the messages of one side from 0. */
export type HandshakeMessage = { readonly type: number; readonly sequence: number; readonly body: Uint8Array };

/** A piece of a handshake message (RFC 6347 section 4.2.2); `length` is the whole message's. */
export type Fragment = HandshakeMessage & { readonly length: number; readonly offset: number };

/** Bytes of a fragment's header. */
export const FRAGMENT_HEADER = 12;

/** A message's type as people read it. */
export function messageName(type: number): string {
  return Object.entries(MESSAGE).find(([, number]) => number === type)?.[0] ?? `message ${type}`;
}

/** A fragment's bytes. */
export function encodeFragment(fragment: Fragment): Uint8Array {
  const { type, length, sequence, offset, body } = fragment;
  const header = [Uint8Array.of(type), uint(length, 3), uint(sequence, 2), uint(offset, 3), uint(body.length, 3)];
  return joined(...header, body);
}

/** A message as one fragment, the form that transcripts are made of (RFC 6347 section 4.2.6). */
export function encodeMessage(message: HandshakeMessage): Uint8Array {
  return encodeFragment({ ...message, length: message.body.length, offset: 0 });
}

/** The fragments of a record; what does not fit together ends the reading, nothing is thrown. */
export function fragmentsOf(data: Uint8Array): readonly Fragment[] {
  const fragments: Fragment[] = [];
  for (let at = 0; at + FRAGMENT_HEADER <= data.length;) {
    const length = numberAt(data, at + 1, 3);
    const offset = numberAt(data, at + 6, 3);
    const size = numberAt(data, at + 9, 3);
    const start = at + FRAGMENT_HEADER;
    if (start + size > data.length || offset + size > length || (size === 0 && length > 0)) break;
    const body = data.subarray(start, start + size);
    fragments.push({ type: data[at] ?? 0, length, sequence: numberAt(data, at + 4, 2), offset, body });
    at = start + size;
  }
  return fragments;
}
