import type { Clock } from "../core/clock.ts";
import { milliseconds, type Duration } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import { meaningOf } from "./at-line.ts";
import type { AtLink } from "./at-link.ts";
import type { Job } from "./jobs.ts";
import { LineFeed } from "./line-feed.ts";
import type { LineReading } from "./transaction.ts";
import { typedBytes, type LineEnding } from "./typed-text.ts";

const PROMPT_GRACE = milliseconds(250);

/** What a {@link ModemWire} notices besides the lines of the job in flight. */
export interface WireListener {
  /** A notification of the modem. */
  onUnsolicited(line: string): void;
  /** A log line of the firmware between modem and wire. */
  onLog(line: string): void;
  /** The board started anew, or echoes again although its echo was turned off. */
  onBoot(): void;
  /** The link is gone; nothing follows. */
  onLost(reason: StationError): void;
}

/** A link to a modem with at most one job in flight: types its line, arms its limit, hands it its lines. */
export class ModemWire {
  readonly feed: LineFeed;
  readonly #link: AtLink;
  readonly #clock: Clock;
  readonly #ending: LineEnding;
  readonly #listener: WireListener;
  #job: Job<unknown> | undefined;
  #lost: StationError | undefined;
  #strays = 0;
  #promptSeen = false;
  #promptWaiter: (() => void) | undefined;
  /** Whether an echo is what one expects; false after ATE0. */
  echoes = true;

  constructor(link: AtLink, clock: Clock, ending: LineEnding, listener: WireListener) {
    this.#link = link;
    this.#clock = clock;
    this.#ending = ending;
    this.#listener = listener;
    this.feed = new LineFeed(link, clock, {
      onLine: (text) => this.#onLine(text),
      onOverflow: () => this.#job?.take({ kind: "overflow" }),
      onPrompt: () => this.#onPrompt(),
      onClosed: (reason) => this.#lose(reason),
    });
  }

  get name(): string {
    return this.#link.name;
  }

  /** Lines so far that were part of an answer that nobody waits for. */
  get strays(): number {
    return this.#strays;
  }

  get busy(): boolean {
    return this.#job !== undefined;
  }

  /** Ends the job in flight because the board started anew. */
  failByBoot(): void {
    this.#job?.take({ kind: "boot" });
  }

  /** @throws StationError link.lost or link.closed when the link is gone */
  refuseIfLost(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }

  /** Types a line without waiting for anything. @throws StationError link.* */
  async type(text: string): Promise<void> {
    this.refuseIfLost();
    await this.#link.write(typedBytes(text, this.#ending));
  }

  /**
   * Types `typed` and waits for the job's end; the limit counts from when the line was taken by the port.
   * @throws StationError what the job ends with, link.*
   */
  async perform<T>(job: Job<T>, typed: string, limit: Duration): Promise<T> {
    this.refuseIfLost();
    this.feed.beginCommand();
    this.#job = job;
    const arm = (): (() => void) => this.#clock.after(limit, () => job.take({ kind: "timeout", limit }));
    const timer = { cancel: arm() };
    this.type(typed).then(
      () => {
        timer.cancel();
        if (this.#job === job) timer.cancel = arm();
      },
      (error: unknown) => job.fail(asStationError(error)),
    );
    try {
      return await job.result;
    } finally {
      timer.cancel();
      this.#job = undefined;
    }
  }

  /**
   * Waits for the shell's prompt behind the last answer, where the shell shows one: what is typed before it may get lost in
   * the shell's small buffer.
   */
  async awaitPrompt(): Promise<void> {
    const quiet = this.feed.quietFor;
    if (!this.#promptSeen || this.feed.atPrompt || quiet >= PROMPT_GRACE) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(PROMPT_GRACE, resolve);
      this.#promptWaiter = () => {
        cancel();
        resolve();
      };
    });
    this.#promptWaiter = undefined;
  }

  /** Closes the link; the job in flight fails with link.closed. Harmless when repeated. */
  async close(): Promise<void> {
    this.#lose();
    this.feed.stop();
    await this.#link.close();
  }

  #onPrompt(): void {
    this.#promptSeen = true;
    this.#job?.atPrompt();
    this.#promptWaiter?.();
  }

  #onLine(text: string): void {
    const job = this.#job;
    if (job === undefined || job.ended) this.#takeIdle(text);
    else this.#takeFor(job, job.read(text), text);
  }

  #takeIdle(text: string): void {
    const { kind } = meaningOf(text, []);
    if (kind === "unsolicited") this.#listener.onUnsolicited(text);
    else if (kind === "boot") this.#listener.onBoot();
    else if (kind === "noise") this.#listener.onLog(text);
    else this.#strays++;
  }

  #takeFor(job: Job<unknown>, reading: LineReading, text: string): void {
    switch (reading.kind) {
      case "unsolicited": {
        this.#listener.onUnsolicited(text);
        return;
      }
      case "boot": {
        this.#listener.onBoot();
        return;
      }
      case "echo":
        if (!this.echoes) {
          this.#listener.onBoot();
          return;
        }
        {
          job.take(reading);
          return;
        }
      case "noise": {
        this.#listener.onLog(text);
        return;
      }
      case "info":
      case "final":
      case "refused":
      case "overflow":
      case "timeout": {
        job.take(reading);
        return;
      }
    }
  }

  #lose(reason?: StationError): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason ?? new StationError("link.closed", "the port was closed", { port: this.name });
    this.#job?.fail(this.#lost);
    this.#listener.onLost(this.#lost);
  }
}
