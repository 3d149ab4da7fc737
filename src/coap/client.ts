import type { Clock } from "../core/clock.ts";
import { abortReason } from "../core/clock.ts";
import { asStationError, StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { RandomBytes } from "../core/ids.ts";
import { STANDARD_TIMING, type CoapChannel, type CoapTiming } from "./channel.ts";
import { codeClass, EMPTY, emptyMessage, encodeMessage, parseMessage, type CoapMessage } from "./message.ts";
import { isCritical, OPTION, type CoapOption } from "./options.ts";
import { retransmit } from "./retransmission.ts";

/** A request as one message; message id and token are the client's. */
export type CoapAsk = {
  readonly code: string;
  readonly confirmable: boolean;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
};

export type CoapClientParts = {
  readonly channel: CoapChannel;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly timing?: CoapTiming;
};

type Pending = {
  readonly id: number;
  readonly token: Uint8Array;
  /** The message needs no further sending: it was acknowledged or answered. */
  readonly delivered: () => void;
  readonly answered: (answer: CoapMessage) => void;
  readonly failed: (error: StationError) => void;
};

const TOKEN_BYTES = 8;
const REMEMBERED_IDS = 64;
/** What an answer may carry that must be understood. */
const UNDERSTOOD: ReadonlySet<number> = new Set([OPTION.block1, OPTION.block2]);

/** The client's side of CoAP messages over one channel: one request at a time (NSTART 1, RFC 7252 section 4.7), ids, tokens, retransmission. */
export class CoapClient {
  readonly #parts: CoapClientParts;
  /** Ids of confirmable answers that were taken: repeats are acknowledged again and otherwise dropped. */
  readonly #taken = new Set<number>();
  #turn: Promise<unknown> = Promise.resolve();
  #nextId: number;
  #pending: Pending | undefined;
  #end: StationError | undefined;

  constructor(parts: CoapClientParts) {
    this.#parts = parts;
    const [high = 0, low = 0] = parts.random(2);
    this.#nextId = high * 256 + low;
    parts.channel.onMessage((datagram) => this.#hear(datagram));
    parts.channel.onEnd((error) => this.close(error));
  }

  /**
   * Sends a request as soon as the one before it is over, and waits for its answer; the caller's signal is the only limit
   * once it was acknowledged.
   * @throws StationError coap.no-answer, coap.reset, coap.option, coap.closed, what the channel ended with, the signal's reason
   */
  ask(ask: CoapAsk, signal?: AbortSignal): Promise<CoapMessage> {
    const answer = this.#turn.then(() => this.#exchange(ask, signal));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  /** Ends what is waiting; nothing can be asked afterwards. */
  close(cause?: StationError): void {
    const closed = { cause };
    this.#end ??= new StationError("coap.closed", "the connection with the service has ended", {}, closed);
    this.#pending?.failed(this.#end);
  }

  async #exchange(ask: CoapAsk, signal: AbortSignal | undefined): Promise<CoapMessage> {
    if (signal?.aborted === true) throw abortReason(signal);
    if (this.#end !== undefined) throw this.#end;
    const id = this.#nextId;
    this.#nextId = (id + 1) % 0x1_0000;
    const token = this.#parts.random(TOKEN_BYTES);
    const ending: { stop: () => void; aborted?: () => void } = { stop: () => undefined };
    try {
      return await new Promise((answered, failed) => {
        this.#pending = { id, token, delivered: () => ending.stop(), answered, failed };
        if (signal !== undefined) ending.aborted = () => failed(abortReason(signal));
        if (ending.aborted !== undefined) signal?.addEventListener("abort", ending.aborted, { once: true });
        ending.stop = this.#transmit(ask, id, token, failed);
      });
    } finally {
      ending.stop();
      if (ending.aborted !== undefined) signal?.removeEventListener("abort", ending.aborted);
      this.#pending = undefined;
    }
  }

  /** Sends a request, again and again where it is confirmable. @returns stops it */
  #transmit(ask: CoapAsk, id: number, token: Uint8Array, failed: (error: StationError) => void): () => void {
    const { clock, random, timing = STANDARD_TIMING } = this.#parts;
    const { code, confirmable, options, payload } = ask;
    const datagram = encodeMessage({ type: confirmable ? "CON" : "NON", code, id, token, options, payload });
    const send = (): void => this.#send(datagram);
    if (!confirmable) {
      send();
      return () => undefined;
    }
    const [spread = 0] = random(1);
    return retransmit({ clock, timing, spread: spread / 255, send, onGiveUp: () => failed(noAnswer(timing)) });
  }

  #hear(datagram: Uint8Array): void {
    const message = readable(datagram);
    if (message === undefined) return;
    switch (message.type) {
      case "RST":
        if (message.id === this.#pending?.id) this.#pending.failed(reset());
        return;
      case "ACK":
        if (message.id !== this.#pending?.id) return;
        if (message.code === EMPTY) this.#pending.delivered();
        else this.#answer(message);
        return;
      case "CON":
        this.#hearConfirmable(message);
        return;
      case "NON":
        this.#answer(message);
    }
  }

  #hearConfirmable(message: CoapMessage): void {
    const known = this.#taken.has(message.id);
    const wanted = isAnswer(message) && this.#isPending(message) && understood(message);
    this.#send(encodeMessage(emptyMessage(known || wanted ? "ACK" : "RST", message.id)));
    if (known) return;
    if (wanted) this.#remember(message.id);
    this.#answer(message);
  }

  #answer(message: CoapMessage): void {
    if (!isAnswer(message) || !this.#isPending(message)) return;
    if (understood(message)) this.#pending?.answered(message);
    else this.#pending?.failed(new StationError("coap.option", "the answer has an option that must be understood"));
  }

  #isPending({ token }: CoapMessage): boolean {
    const wanted = this.#pending?.token;
    return wanted?.length === token.length && wanted.every((byte, index) => byte === token[index]);
  }

  #remember(id: number): void {
    this.#taken.add(id);
    const [oldest] = this.#taken;
    if (this.#taken.size > REMEMBERED_IDS && oldest !== undefined) this.#taken.delete(oldest);
  }

  #send(datagram: Uint8Array): void {
    try {
      this.#parts.channel.send(datagram);
    } catch (error) {
      this.close(asStationError(error));
    }
  }
}

/** What cannot be read is dropped: over an authentic channel only a broken service sends it, and repeats nothing better. */
function readable(datagram: Uint8Array): CoapMessage | undefined {
  try {
    return parseMessage(datagram);
  } catch {
    return undefined;
  }
}

function isAnswer({ code }: CoapMessage): boolean {
  return codeClass(code) >= 2;
}

function understood({ options }: CoapMessage): boolean {
  return options.every(({ number }) => !isCritical(number) || UNDERSTOOD.has(number));
}

function reset(): StationError {
  return new StationError("coap.reset", "the service refused the message");
}

function noAnswer({ maxRetransmit }: CoapTiming): StationError {
  const sent = quantity(maxRetransmit + 1, "attempts");
  return new StationError("coap.no-answer", "the service did not acknowledge the request", { sent });
}
