import { milliseconds, type Duration } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import type { Clock } from "../../src/core/clock.ts";
import { decodeWireText, encodeWireText } from "../../src/core/wire-text.ts";
import { BytePipe, STUCK_LIMIT, type PipeEnd } from "../../src/link/byte-pipe.ts";
import { Inbox } from "../../src/link/inbox.ts";
import type { AtLink, AtLinkOpener } from "../../src/modem/at-link.ts";
import { ByteCollector } from "./byte-collector.ts";

/** The far side of a {@link FakeLine}: what a board would do. */
export class FakeFarEnd {
  /** Everything that the station has written. */
  readonly collector = new ByteCollector();
  #pipe: BytePipe | undefined;
  #inbox: Inbox | undefined;
  #stalled = false;
  #waiting: (() => void)[] = [];
  /** Called with what the station writes, as it comes. */
  onBytes: (bytes: Uint8Array) => void = () => undefined;

  /** Everything that the station has written, as wire text. */
  get received(): string {
    return decodeWireText(this.collector.bytes);
  }

  /** Sends bytes or wire text to the station. */
  send(data: string | Uint8Array): void {
    this.#inbox?.push(typeof data === "string" ? encodeWireText(data) : Uint8Array.from(data));
  }

  /** Takes no more bytes until {@link FakeFarEnd.resume}. */
  stall(): void {
    this.#stalled = true;
  }

  resume(): void {
    this.#stalled = false;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Is unplugged. */
  vanish(): void {
    this.#pipe?.loseBy("the port disappeared");
  }

  attach(pipe: BytePipe, inbox: Inbox): void {
    this.#pipe = pipe;
    this.#inbox = inbox;
  }

  detach(): void {
    this.#inbox = undefined;
  }

  async take(bytes: Uint8Array): Promise<void> {
    if (this.#stalled) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const copy = Uint8Array.from(bytes);
    this.collector.push(copy);
    this.onBytes(copy);
  }
}

/** An in-memory line with a far end that tests drive; only one link can be open at a time, as with a port. */
export class FakeLine implements AtLinkOpener {
  readonly far = new FakeFarEnd();
  readonly #clock: Clock;
  readonly #stuck: Duration;
  #open = false;

  constructor(clock: Clock, stuck: Duration = STUCK_LIMIT) {
    this.#clock = clock;
    this.#stuck = stuck;
  }

  async open(): Promise<AtLink> {
    return this.openNow();
  }

  /** As `open`, at once. */
  openNow(): AtLink {
    if (this.#open) throw new StationError("link.busy", "another program has the port open", { port: NAME });
    this.#open = true;
    const end: PipeEnd = {
      write: (bytes) => this.far.take(bytes),
      resume: () => undefined,
      release: async () => {
        this.#open = false;
        this.far.detach();
      },
    };
    const inbox = new Inbox();
    const pipe = new BytePipe(NAME, end, inbox, this.#clock, this.#stuck);
    this.far.attach(pipe, inbox);
    return pipe;
  }
}

const NAME = "serial:fake";

/** A short limit for tests that wait for a stuck line in real time. */
export const SHORT = milliseconds(300);
