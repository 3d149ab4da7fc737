import { abortReason, type Clock } from "../core/clock.ts";
import { seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { lasting, quantity } from "../core/fact.ts";
import type { AtLink, AtLinkReader } from "../modem/at-link.ts";
import type { Inbox } from "./inbox.ts";

/** The system's side of an open port. */
export interface PipeEnd {
  /** Hands bytes to the system; settles when it has taken them, or fails when the port is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Lets reading go on, after the inbox was full. */
  resume(): void;
  /** Gives the port back. `discard`: what was written and not sent yet is dropped, so that a stuck port closes at once. */
  release(discard: boolean): Promise<void>;
}

/** How long the far side may take no bytes at all. */
export const STUCK_LIMIT = seconds(5);
/** The pieces in which a large write goes out; the limit counts for each, so it measures standstill and not size. */
const PIECE = 4096;

/** An {@link AtLink} over a port of the system: writes in order and limited, one close, one last word to the reader. */
export class BytePipe implements AtLink {
  readonly name: string;
  readonly #end: PipeEnd;
  readonly #inbox: Inbox;
  readonly #clock: Clock;
  readonly #stuck: Duration;
  #writes: Promise<void> = Promise.resolve();
  #gone: StationError | undefined;
  #released: Promise<void> | undefined;
  #fail: ((error: StationError) => void) | undefined;

  constructor(name: string, end: PipeEnd, inbox: Inbox, clock: Clock, stuck: Duration = STUCK_LIMIT) {
    this.name = name;
    this.#end = end;
    this.#inbox = inbox;
    this.#clock = clock;
    this.#stuck = stuck;
  }

  listen(reader: AtLinkReader): void {
    this.#inbox.listen(reader);
    this.#end.resume();
  }

  async write(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) throw abortReason(signal);
    const done = this.#writes.then(() => this.#writeAll(bytes));
    this.#writes = done.catch(() => undefined);
    await (signal === undefined ? done : unlessAborted(done, signal));
  }

  close(): Promise<void> {
    this.#finish(new StationError("link.closed", "the port was closed", { port: this.name }), undefined);
    return this.#release(this.#fail !== undefined);
  }

  /** Ends the link because the port is gone or unusable; only the first end counts. */
  lose(error: StationError): void {
    this.#finish(error, error);
    this.#release(true).catch(() => undefined);
  }

  /** Ends the link as `link.lost`; see {@link BytePipe.lose}. */
  loseBy(what: string, cause?: unknown): void {
    this.lose(new StationError("link.lost", what, { port: this.name }, cause === undefined ? {} : { cause }));
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE) {
      if (this.#gone !== undefined) throw this.#gone;
      await this.#writePiece(bytes.subarray(at, at + PIECE));
    }
    if (this.#gone !== undefined) throw this.#gone;
  }

  #writePiece(piece: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(this.#stuck, () => this.lose(this.#stuckError(piece.length)));
      const settle = (): void => {
        cancel();
        this.#fail = undefined;
      };
      this.#fail = (error) => {
        settle();
        reject(error);
      };
      this.#end.write(piece).then(
        () => {
          settle();
          resolve();
        },
        (cause: unknown) => this.loseBy("the port took no more bytes", cause),
      );
    });
  }

  #stuckError(pending: number): StationError {
    const facts = { port: this.name, limit: lasting(this.#stuck), pending: quantity(pending, "bytes") };
    return new StationError("link.stuck", "the far side takes no bytes", facts);
  }

  #finish(error: StationError, reason: StationError | undefined): void {
    if (this.#gone !== undefined) return;
    this.#gone = error;
    const fail = this.#fail;
    this.#inbox.close(reason);
    fail?.(error);
  }

  #release(discard: boolean): Promise<void> {
    this.#released ??= this.#end.release(discard);
    return this.#released;
  }
}

function unlessAborted(done: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortReason(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    done.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
