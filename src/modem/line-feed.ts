import type { Clock } from "../core/clock.ts";
import { milliseconds } from "../core/duration.ts";
import type { StationError } from "../core/error.ts";
import type { AtLink } from "./at-link.ts";
import { LineSplitter, type SplitEvent } from "./line-splitter.ts";

/** What a {@link LineFeed} tells its one listener. */
export interface LineListener {
  onLine(text: string): void;
  /** A line was too long and is dropped. */
  onOverflow(): void;
  /** The shell waits for a command. */
  onPrompt(): void;
  onClosed(reason?: StationError): void;
}

/** How long an open quoted value may pause before it counts as broken; far above the gaps of a slow line. */
const HELD = milliseconds(500);
/** An unfinished line that has rested this long is junk, not a notification on its way. */
const STALE_TAIL = milliseconds(100);

/** The lines of a link: the splitter with the clock that frees it from a quote that nobody closes. */
export class LineFeed {
  readonly #clock: Clock;
  readonly #listener: LineListener;
  readonly #splitter = new LineSplitter();
  #release: (() => void) | undefined;
  #lastAt: number;
  #received = 0;

  constructor(link: AtLink, clock: Clock, listener: LineListener) {
    this.#clock = clock;
    this.#listener = listener;
    this.#lastAt = clock.monotonic();
    link.listen({
      onData: (bytes) => this.#take(bytes),
      onClosed: (reason) => {
        this.#disarm();
        listener.onClosed(reason);
      },
    });
  }

  /** Bytes received so far. */
  get received(): number {
    return this.#received;
  }

  /** Milliseconds since the last byte. */
  get quietFor(): number {
    return this.#clock.monotonic() - this.#lastAt;
  }

  /** Whether the unfinished line is a shell prompt. */
  get atPrompt(): boolean {
    return this.#splitter.atPrompt;
  }

  /** Clears the way for a command's answer: held lines come out, junk without a line end goes. */
  beginCommand(): void {
    this.#deliver(this.#splitter.resync());
    if (this.quietFor >= STALE_TAIL) this.#splitter.clear();
  }

  /** Stops the feed's timer; the link stays open. */
  stop(): void {
    this.#disarm();
  }

  #take(bytes: Uint8Array): void {
    this.#received += bytes.length;
    this.#lastAt = this.#clock.monotonic();
    this.#deliver(this.#splitter.push(bytes));
    if (this.#splitter.atPrompt) this.#listener.onPrompt();
    this.#watchHeld();
  }

  #watchHeld(): void {
    this.#disarm();
    if (!this.#splitter.holdsLines) return;
    this.#release = this.#clock.after(HELD, () => {
      this.#release = undefined;
      this.#deliver(this.#splitter.resync());
      this.#watchHeld();
    });
  }

  #disarm(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #deliver(events: readonly SplitEvent[]): void {
    for (const event of events) {
      if (event.kind === "line") this.#listener.onLine(event.text);
      else this.#listener.onOverflow();
    }
  }
}
