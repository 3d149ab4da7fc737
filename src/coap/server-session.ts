import type { Clock } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import type { RandomBytes } from "../core/ids.ts";
import { blockSizeWithin, type BlockSize } from "./block.ts";
import { BlockStore } from "./block-store.ts";
import { STANDARD_TIMING, type CoapChannel, type CoapTiming } from "./channel.ts";
import { bare, codeClass, EMPTY, emptyMessage, encodeMessage, parseMessage } from "./message.ts";
import type { CoapMessage, Contents } from "./message.ts";
import { isCritical, OPTION } from "./options.ts";
import { retransmit } from "./retransmission.ts";
import { RepeatFilter } from "./repeat-filter.ts";
import type { CoapHandler } from "./server-request.ts";

export type CoapServerParts = {
  readonly channel: CoapChannel;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Answers a whole request; never rejects. */
  readonly handler: CoapHandler;
  /** The largest request body, in bytes. */
  readonly bodyLimit: number;
  /** The largest block of an answer. */
  readonly block?: BlockSize;
  readonly timing?: CoapTiming;
};

/** After so long a request is acknowledged alone, before the client repeats it; devices wait 6 s for the answer then (protocol.md 6.4). */
const PROMPT = seconds(1);
/** Requests of one client that are worked on at once. */
const MOST_AT_ONCE = 4;
const BLOCK = blockSizeWithin(1024);

/** What a request may carry that must be understood. */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  ...[OPTION.uriHost, OPTION.uriPort, OPTION.uriPath, OPTION.uriQuery],
  ...[OPTION.accept, OPTION.block1, OPTION.block2],
]);

type Separate = { readonly id: number; readonly stop: () => void };

/** The server's side of CoAP over one channel: repeats, acknowledgements, separate answers, blocks in both directions (RFC 7252, RFC 7959). */
export class CoapServerSession {
  readonly #parts: CoapServerParts;
  readonly #blocks: BlockStore;
  readonly #repeats = new RepeatFilter();
  readonly #separate = new Map<number, Separate>();
  #atOnce = 0;
  #nextId: number;
  #over = false;

  constructor(parts: CoapServerParts) {
    this.#parts = parts;
    const [high = 0, low = 0] = parts.random(2);
    this.#nextId = high * 256 + low;
    this.#blocks = new BlockStore(parts.handler, { body: parts.bodyLimit, block: parts.block ?? BLOCK });
    parts.channel.onMessage((datagram) => this.#hear(datagram));
    parts.channel.onEnd(() => this.close());
  }

  /** Stops every repetition; harmless when repeated. */
  close(): void {
    this.#over = true;
    for (const { stop } of this.#separate.values()) stop();
    this.#separate.clear();
  }

  #hear(datagram: Uint8Array): void {
    const message = this.#readable(datagram);
    if (message === undefined) return;
    if (message.type === "ACK" || message.type === "RST") {
      this.#separate.get(message.id)?.stop();
      this.#separate.delete(message.id);
      return;
    }
    const isRequest = message.code !== EMPTY && codeClass(message.code) === 0;
    if (isRequest) this.#take(message);
    else if (message.type === "CON") this.#reset(message.id);
  }

  /** A confirmable message that cannot be read is refused (RFC 7252 section 4.2); everything else is dropped. */
  #readable(datagram: Uint8Array): CoapMessage | undefined {
    try {
      return parseMessage(datagram);
    } catch {
      const [first = 0, , high = 0, low = 0] = datagram;
      if (datagram.length >= 4 && first >> 4 === 0b0100) this.#reset(high * 256 + low);
      return undefined;
    }
  }

  #take(message: CoapMessage): void {
    const before = this.#repeats.of(message.id);
    if (before !== undefined) {
      if (before.reply !== undefined) this.#send(before.reply);
      return;
    }
    this.#repeats.begin(message.id);
    void this.#work(message);
  }

  async #work(message: CoapMessage): Promise<void> {
    const isPrompt = { yes: true };
    const cancel = this.#parts.clock.after(PROMPT, () => {
      isPrompt.yes = false;
      if (message.type === "CON") this.#reply(message.id, emptyMessage("ACK", message.id));
    });
    const { code, options, payload } = await this.#answer(message);
    cancel();
    if (this.#over) return;
    const { id, token } = message;
    if (message.type === "NON") this.#reply(id, { type: "NON", code, id: this.#takeId(), token, options, payload });
    else if (isPrompt.yes) this.#reply(id, { type: "ACK", code, id, token, options, payload });
    else this.#sendSeparate({ type: "CON", code, id: this.#takeId(), token, options, payload });
  }

  async #answer(message: CoapMessage): Promise<Contents> {
    if (message.options.some(({ number }) => isCritical(number) && !UNDERSTOOD.has(number))) return bare("4.02");
    if (this.#atOnce >= MOST_AT_ONCE) return bare("5.03");
    this.#atOnce += 1;
    try {
      return await this.#blocks.answer(message);
    } catch {
      return bare("5.00");
    } finally {
      this.#atOnce -= 1;
    }
  }

  #reply(request: number, message: CoapMessage): void {
    const datagram = encodeMessage(message);
    this.#repeats.replied(request, datagram);
    this.#send(datagram);
  }

  #sendSeparate(message: CoapMessage): void {
    const { clock, random, timing = STANDARD_TIMING } = this.#parts;
    const datagram = encodeMessage(message);
    const [spread = 0] = random(1);
    const stop = retransmit({
      ...{ clock, timing, spread: spread / 255 },
      send: () => this.#send(datagram),
      onGiveUp: () => this.#separate.delete(message.id),
    });
    this.#separate.set(message.id, { id: message.id, stop });
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = (id + 1) % 0x1_0000;
    return id;
  }

  #reset(id: number): void {
    this.#send(encodeMessage(emptyMessage("RST", id)));
  }

  /** A channel that has ended tells it by itself. */
  #send(datagram: Uint8Array): void {
    if (this.#over) return;
    try {
      this.#parts.channel.send(datagram);
    } catch {
      this.close();
    }
  }
}
