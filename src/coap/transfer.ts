import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { RandomBytes } from "../core/ids.ts";
import { blockAmong, blockOption, blockStart, type BlockSize } from "./block.ts";
import type { CoapAsk } from "./client.ts";
import { codeClass, type CoapMessage } from "./message.ts";
import { inOrder, OPTION, optionValue, type CoapOption } from "./options.ts";

/** A request with its whole body. */
export type CoapTransfer = {
  /** `0.01` GET, `0.02` POST, `0.03` PUT. */
  readonly code: "0.01" | "0.02" | "0.03";
  readonly confirmable: boolean;
  /** Uri-Path, Uri-Query and what else belongs to every message of the transfer, in the order of their numbers. */
  readonly options: readonly CoapOption[];
  /** Content-Format of the payload. */
  readonly format?: CoapOption;
  readonly payload: Uint8Array;
};

export type TransferLimits = {
  /** The largest block in either direction. */
  readonly block: BlockSize;
  /** The largest answer that is put together, in bytes. */
  readonly body: number;
};

/** An answer with its whole body. */
export type CoapAnswer = {
  readonly code: string;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
};

/** Sends one message and waits for its answer. */
export type Asker = (ask: CoapAsk) => Promise<CoapMessage>;

const NOTHING = new Uint8Array();
const TAG_BYTES = 8;
/** The longest Echo value (RFC 9175 section 2.2.1). */
const LONGEST_ECHO = 40;
const MOST_RESTARTS = 2;
const CONTINUE = "2.31";
const INCOMPLETE = "4.08";
const TOO_LARGE = "4.13";
const UNAUTHORIZED = "4.01";

/**
 * Sends a request and takes its answer, either of them in blocks where it does not fit one message (RFC 7959), with
 * Request-Tag (RFC 9175) and, when the server asks for it, one Echo.
 * @throws StationError coap.block, coap.too-large; what `ask` throws
 */
export async function transfer(
  ask: Asker,
  request: CoapTransfer,
  limits: TransferLimits,
  random: RandomBytes,
): Promise<CoapAnswer> {
  const first = await upload(ask, request, limits.block, random);
  const echo = first.code === UNAUTHORIZED ? echoIn(first) : undefined;
  const answer = echo === undefined ? first : await upload(ask, withEcho(request, echo), limits.block, random);
  return download(ask, request, answer, limits);
}

/** What the server wants to hear again; no more than the option may hold. */
function echoIn({ options }: CoapMessage): Uint8Array | undefined {
  const value = optionValue(options, OPTION.echo);
  return value !== undefined && value.length > 0 && value.length <= LONGEST_ECHO ? value : undefined;
}

function withEcho(request: CoapTransfer, value: Uint8Array): CoapTransfer {
  return { ...request, options: inOrder([...request.options, { number: OPTION.echo, value }]) };
}

/** Sends the body, in blocks where it is longer than one; answers what the server says to the last of them, or to one it refuses. */
async function upload(ask: Asker, request: CoapTransfer, block: BlockSize, random: RandomBytes): Promise<CoapMessage> {
  const { code, confirmable, payload } = request;
  const options = headOf(request, block);
  if (payload.length <= block) return ask({ code, confirmable, options, payload });
  const freshTag = (): CoapOption => ({ number: OPTION.requestTag, value: random(TAG_BYTES) });
  const place = { start: 0, size: block, restarts: 0, tag: freshTag() };
  for (;;) {
    const end = Math.min(payload.length, place.start + place.size);
    const sent = { number: place.start / place.size, more: end < payload.length, size: place.size };
    const answer = await ask({
      ...{ code, confirmable, payload: payload.subarray(place.start, end) },
      options: inOrder([...options, blockOption(OPTION.block1, sent), place.tag]),
    });
    const echoed = blockAmong(answer.options, OPTION.block1);
    const smaller = echoed !== undefined && echoed.size < place.size ? echoed.size : undefined;
    const again = answer.code === INCOMPLETE || (answer.code === TOO_LARGE && smaller !== undefined);
    if (again && place.restarts++ < MOST_RESTARTS) {
      place.start = 0;
      place.tag = freshTag();
      place.size = smaller ?? place.size;
      continue;
    }
    if (!sent.more || !goesOn(answer, sent.number, echoed?.number)) return answer;
    place.start = end;
    if (smaller !== undefined && end % smaller === 0) place.size = smaller;
  }
}

/** A server says 2.31; ones that repeat their last word for every block are known too, and echo the block's number. */
function goesOn(answer: CoapMessage, sent: number, echoed: number | undefined): boolean {
  if (codeClass(answer.code) !== 2) return false;
  if (echoed !== undefined && echoed !== sent)
    throw new StationError("coap.block", "the service acknowledged another block than the one sent", { sent, echoed });
  return answer.code === CONTINUE || echoed !== undefined;
}

/** Asks for the rest of an answer that comes in blocks. */
async function download(
  ask: Asker,
  request: CoapTransfer,
  first: CoapMessage,
  limits: TransferLimits,
): Promise<CoapAnswer> {
  const { code, options } = first;
  const begin = blockAmong(options, OPTION.block2);
  if (begin === undefined) return { code, options, payload: bounded(first.payload, limits.body) };
  if (begin.number !== 0) throw new StationError("coap.block", "the answer does not begin with its first block");
  const etag = optionValue(options, OPTION.etag);
  const parts = [first.payload];
  const state = { block: begin, length: first.payload.length };
  while (state.block.more) {
    if (parts.at(-1)?.length !== state.block.size || state.length > limits.body)
      throw misfit(state.length, limits.body);
    const wanted = { number: state.length / state.block.size, more: false, size: state.block.size };
    const next = await ask({
      ...{ code: request.code, confirmable: request.confirmable, payload: NOTHING },
      options: inOrder([...request.options, blockOption(OPTION.block2, wanted)]),
    });
    const block = blockAmong(next.options, OPTION.block2);
    if (block === undefined || next.code !== code || blockStart(block) !== state.length)
      throw new StationError("coap.block", "the service sent another block than the one asked for", {
        ...{ block: wanted.number, status: next.code },
      });
    if (!sameBytes(etag, optionValue(next.options, OPTION.etag)))
      throw new StationError("coap.block", "the answer changed while it was read");
    parts.push(next.payload);
    state.length += next.payload.length;
    state.block = block;
  }
  return { code, options, payload: bounded(joined(parts), limits.body) };
}

/** The options of a request's first message: a GET names the block size it wants (protocol.md 6.2). */
function headOf({ code, options, format }: CoapTransfer, block: BlockSize): readonly CoapOption[] {
  const head = format === undefined ? options : [...options, format];
  const size = blockOption(OPTION.block2, { number: 0, more: false, size: block });
  return inOrder(code === "0.01" ? [...head, size] : head);
}

function bounded(body: Uint8Array, limit: number): Uint8Array {
  if (body.length > limit) throw tooLarge(body.length, limit);
  return body;
}

function misfit(length: number, limit: number): StationError {
  if (length > limit) return tooLarge(length, limit);
  return new StationError("coap.block", "a block of the answer is shorter than it must be", {
    read: quantity(length, "bytes"),
  });
}

function tooLarge(length: number, limit: number): StationError {
  const facts = { size: quantity(length, "bytes"), limit: quantity(limit, "bytes") };
  return new StationError("coap.too-large", "the service's answer is too large", facts);
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
