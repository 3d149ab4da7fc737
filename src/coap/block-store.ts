import { blockAmong, blockOption, blockStart, type Block, type BlockSize } from "./block.ts";
import { bodyDigest } from "./body-digest.ts";
import { bare, type CoapMessage, type Contents } from "./message.ts";
import { inOrder, OPTION, optionTexts, optionValue, uintOf, uintOption, type CoapOption } from "./options.ts";
import type { CoapHandler, CoapReply } from "./server-request.ts";

type Limits = { /** Bytes of a request's body. */ readonly body: number; readonly block: BlockSize };

/** A request body that is coming in. */
type Upload = { readonly parts: Uint8Array[]; length: number };

const MOST_UPLOADS = 2;
const MOST_BODIES = 2;
const NOTHING = new Uint8Array();

/** Puts request bodies together from blocks and hands answers out in blocks (RFC 7959), for one client. */
export class BlockStore {
  readonly #handler: CoapHandler;
  readonly #limits: Limits;
  readonly #uploads = new Map<string, Upload>();
  /** Answers of which more blocks may be asked for, newest last. */
  readonly #replies = new Map<string, CoapReply>();

  constructor(handler: CoapHandler, limits: Limits) {
    this.#handler = handler;
    this.#limits = limits;
  }

  /** Answers one message. */
  async answer(message: CoapMessage): Promise<Contents> {
    const blocks = readBlocks(message.options);
    if (blocks === undefined) return bare("4.00");
    const { block1, block2 } = blocks;
    if (block1 === undefined) return this.#whole(message, message.payload, block2, []);
    const taken = this.#take(message, block1);
    if (taken.kind === "answer") return taken.answer;
    return this.#whole(message, taken.body, block2, [blockOption(OPTION.block1, block1)]);
  }

  #take(
    message: CoapMessage,
    block: Block,
  ): { readonly kind: "answer"; readonly answer: Contents } | { readonly kind: "body"; readonly body: Uint8Array } {
    const refuse = (code: string, options: readonly CoapOption[] = []) => {
      this.#uploads.delete(key);
      return { kind: "answer", answer: { code, options, payload: NOTHING } } as const;
    };
    const key = `${requestKey(message)} ${hex(optionValue(message.options, OPTION.requestTag))}`;
    if (block.more && message.payload.length !== block.size) return refuse("4.00");
    if (block.number === 0) this.#begin(key);
    const upload = this.#uploads.get(key);
    if (upload === undefined || upload.length !== blockStart(block)) return refuse("4.08");
    upload.parts.push(message.payload);
    upload.length += message.payload.length;
    if (upload.length > this.#limits.body) return refuse("4.13", [uintOption(OPTION.size1, this.#limits.body)]);
    const echoed = [blockOption(OPTION.block1, block)];
    if (block.more) return { kind: "answer", answer: { code: "2.31", options: echoed, payload: NOTHING } };
    this.#uploads.delete(key);
    return { kind: "body", body: new Uint8Array(Buffer.concat(upload.parts)) };
  }

  #begin(key: string): void {
    this.#uploads.delete(key);
    this.#uploads.set(key, { parts: [], length: 0 });
    forgetOldest(this.#uploads, MOST_UPLOADS);
  }

  async #whole(
    message: CoapMessage,
    body: Uint8Array,
    wanted: Block | undefined,
    echoed: readonly CoapOption[],
  ): Promise<Contents> {
    const key = requestKey(message);
    const follows = wanted !== undefined && wanted.number > 0;
    const kept = follows ? this.#replies.get(key) : undefined;
    // Only what changes nothing may be worked out again for a later block.
    if (follows && kept === undefined && message.code !== "0.01") return bare("4.08");
    const reply = kept ?? (await this.#handler(requestOf(message, body)));
    return this.#part(key, reply, wanted, echoed);
  }

  #part(key: string, reply: CoapReply, wanted: Block | undefined, echoed: readonly CoapOption[]): Contents {
    const { code, contentFormat, payload = NOTHING } = reply;
    const format = contentFormat === undefined ? [] : [uintOption(OPTION.contentFormat, contentFormat)];
    const size = wanted === undefined || wanted.size > this.#limits.block ? this.#limits.block : wanted.size;
    // A block of another size than asked for begins where the asked one does.
    const start = wanted === undefined ? 0 : blockStart(wanted);
    if (start === 0 && payload.length <= size) return { code, options: inOrder([...format, ...echoed]), payload };
    if (start >= payload.length || start % size !== 0) return bare("4.00");
    const end = Math.min(payload.length, start + size);
    const block = blockOption(OPTION.block2, { number: start / size, more: end < payload.length, size });
    const etag = { number: OPTION.etag, value: bodyDigest(payload) };
    this.#keep(key, reply);
    const options = inOrder([etag, ...format, block, ...echoed]);
    return { code, options, payload: payload.subarray(start, end) };
  }

  #keep(key: string, reply: CoapReply): void {
    this.#replies.delete(key);
    this.#replies.set(key, reply);
    forgetOldest(this.#replies, MOST_BODIES);
  }
}

function readBlocks(options: readonly CoapOption[]) {
  try {
    return { block1: blockAmong(options, OPTION.block1), block2: blockAmong(options, OPTION.block2) };
  } catch {
    return undefined;
  }
}

function requestOf({ code, options }: CoapMessage, payload: Uint8Array) {
  return {
    ...{ code, payload, path: optionTexts(options, OPTION.uriPath), query: optionTexts(options, OPTION.uriQuery) },
    contentFormat: numberAmong(options, OPTION.contentFormat),
    accept: numberAmong(options, OPTION.accept),
  };
}

function numberAmong(options: readonly CoapOption[], number: number): number | undefined {
  const value = optionValue(options, number);
  return value === undefined || value.length > 2 ? undefined : uintOf(value);
}

/** What makes two messages parts of one request: method, path and query (RFC 7959 section 2.4; libcoap takes a new token for every block). */
function requestKey({ code, options }: CoapMessage): string {
  return JSON.stringify([code, optionTexts(options, OPTION.uriPath), optionTexts(options, OPTION.uriQuery)]);
}

function hex(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : Buffer.from(bytes).toString("hex");
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
