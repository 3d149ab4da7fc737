import { MOST_SHOWN, type LineConflict, type LineState } from "../../src/contract/desktop-line.ts";
import type { Clock, Instant } from "../../src/core/clock.ts";
import { seconds } from "../../src/core/duration.ts";
import { reportOf, type StationError } from "../../src/core/error.ts";
import { isoTime } from "../../src/core/iso-time.ts";

/** How the connection to the line's servers stands. `why`: what went wrong last. */
export type LinkStatus =
  | { readonly state: "connected"; readonly since: Instant }
  | { readonly state: "away"; readonly since: Instant; readonly why?: StationError }
  | { readonly state: "closed" };

/** What the parts of the line tell when they are asked. */
export type LineSources = {
  readonly name: string;
  readonly station: string;
  readonly whenAway: LineState["whenAway"];
  readonly training: boolean;
  readonly link: () => LinkStatus;
  /** Events of the record that the line has not got yet. */
  readonly waiting: () => number;
  /** What does not go on although the line is there: events do not travel, copies of documents are not kept; undefined: all does. */
  readonly stuck: () => StationError | undefined;
  /** Runs that went on alone and were not compared with the line yet. */
  readonly alone: () => number;
  /** Those that nobody has seen yet, the newest first. */
  readonly conflicts: () => readonly LineConflict[];
};

/** Often enough for a person, seldom enough for the window. */
const EVERY = seconds(1);

/** Looks at the line every second, and tells the window what has changed. */
export class LineWatch {
  readonly #sources: LineSources;
  readonly #clock: Clock;
  readonly #tell: (state: LineState) => void;
  #reachedAt: Instant | undefined;
  #told: string;
  #state: LineState;
  #stop: () => void;

  constructor(sources: LineSources, clock: Clock, tell: (state: LineState) => void) {
    this.#sources = sources;
    this.#clock = clock;
    this.#tell = tell;
    this.#state = this.#look();
    this.#told = JSON.stringify(this.#state);
    this.#stop = clock.after(EVERY, () => this.#again());
  }

  /** The line as it was when it was looked at last. */
  get state(): LineState {
    return this.#state;
  }

  /** Looks now, and tells what has changed. */
  look(): void {
    this.#state = this.#look();
    const text = JSON.stringify(this.#state);
    if (text === this.#told) return;
    this.#told = text;
    this.#tell(this.#state);
  }

  close(): void {
    this.#stop();
  }

  #again(): void {
    try {
      this.look();
    } catch {
      // The record cannot be read at this moment, which is told elsewhere: what is shown stays as it was.
    }
    this.#stop = this.#clock.after(EVERY, () => this.#again());
  }

  #look(): LineState {
    const { name, station, whenAway, training, link, waiting, stuck, alone, conflicts } = this.#sources;
    const status = link();
    const why = stuck() ?? (status.state === "away" ? status.why : undefined);
    if (status.state === "connected") this.#reachedAt = this.#clock.now();
    const reachedAt = status.state === "connected" ? undefined : this.#reachedAt;
    return {
      ...{ name, station, whenAway, training, link: this.#linkOf(status) },
      since: isoTime(status.state === "closed" ? (this.#reachedAt ?? 0) : status.since),
      ...(reachedAt === undefined ? {} : { reachedAt: isoTime(reachedAt) }),
      ...{ waiting: waiting(), alone: alone(), conflicts: conflicts().slice(0, MOST_SHOWN.conflicts) },
      ...(why === undefined ? {} : { problem: reportOf(why) }),
    };
  }

  #linkOf(status: LinkStatus): LineState["link"] {
    if (status.state === "connected") return "reached";
    if (status.state === "closed") return "stopped";
    return this.#reachedAt === undefined && status.why === undefined ? "connecting" : "away";
  }
}
