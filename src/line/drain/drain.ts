import type { RunRecord } from "../../contract/history.ts";
import { Backoff } from "../../core/backoff.ts";
import { sleep, type Clock, type Instant } from "../../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../../core/duration.ts";
import { StationError } from "../../core/error.ts";
import type { Line, LineSession } from "../connect-line.ts";
import { isSilence, lineError } from "../line-error.ts";
import type { DrainRow, DrainSource } from "./drain-source.ts";
import { openEventLog, type EventLog } from "./event-log.ts";
import { eventEntry } from "./line-texts.ts";
import { ResultLog } from "./result-log.ts";

/** What a drain works with. */
export type DrainParts = {
  readonly line: Pick<Line, "settings" | "reach">;
  readonly source: DrainSource;
  readonly clock: Clock;
  /** Told of every run's end before that end is sent; when it fails, both are tried again later. */
  readonly ended?: (run: RunRecord) => Promise<void>;
};

/** How the drain stands. */
export type DrainStatus = {
  /** `away`: the line cannot be reached or takes nothing; `stopped`: it never will, for the reason given. */
  readonly state: "away" | "sending" | "done" | "stopped";
  /** How many events wait. */
  readonly waiting: number;
  /** When the line last took something, or had everything. */
  readonly reachedAt?: Instant;
  readonly why?: StationError;
};

/** So many events are read at once: that is what a drain holds in memory, however many wait, and well below 5 ms of reading. */
const PAGE = 64;
const FIRST_WAIT = milliseconds(250);
const LONGEST_WAIT = seconds(5);

/**
 * Sends what waits in the outbox to the line, in order, each event once, from the moment it is made until {@link Drain.close}.
 * Runs never wait for it, and it never gives up but on a fork.
 */
export class Drain {
  readonly #parts: DrainParts;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(status: DrainStatus) => void>();
  readonly #work: Promise<void>;
  #state: Omit<DrainStatus, "waiting"> = { state: "away" };

  constructor(parts: DrainParts) {
    this.#parts = parts;
    this.#work = this.#run();
  }

  get status(): DrainStatus {
    return { ...this.#state, waiting: this.#parts.source.size };
  }

  /** Tells every change of the state, and every page of events that was sent; the answer ends it. */
  subscribe(listener: (status: DrainStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits until nothing waits any longer, for `limit` at most; answers whether that came. Never throws. */
  async finish(limit: Duration): Promise<boolean> {
    const isOver = (): boolean => this.#state.state === "stopped" || this.#closing.signal.aborted;
    const isDone = (): boolean => this.#state.state === "done" && this.#parts.source.size === 0;
    const over = new AbortController();
    const end = this.subscribe(() => {
      if (isDone() || isOver()) over.abort();
    });
    try {
      if (!isDone() && !isOver()) await sleep(this.#parts.clock, limit, over.signal);
    } catch {
      // It came, or will not come, before the limit.
    } finally {
      end();
    }
    return isDone();
  }

  /** Sends nothing more; what waits, waits for the next start. Harmless when repeated. */
  async close(): Promise<void> {
    this.#closing.abort(new StationError("station.aborted", "the station is closing"));
    await this.#work;
    this.#listeners.clear();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const waits = new Backoff(FIRST_WAIT, LONGEST_WAIT);
    while (!this.#isClosing()) {
      const { reachedAt } = this.#state;
      try {
        await this.#oneSession();
      } catch (error) {
        if (this.#isClosing()) return;
        const why = lineError(error, "the line took no event");
        const state = why.code === "line.forked" ? "stopped" : "away";
        this.#tell({ state, why });
        if (state === "stopped") return;
      }
      if (this.#state.reachedAt !== reachedAt) waits.reset();
      await sleep(this.#parts.clock, waits.next(), signal).catch(() => undefined);
    }
  }

  /** Sends through one connection for as long as it lasts. */
  async #oneSession(): Promise<void> {
    const { line, source } = this.#parts;
    const session = await line.reach(undefined, this.#closing.signal);
    const stop = AbortSignal.any([session.lost, this.#closing.signal]);
    const wake = new Wake(stop);
    const end = source.subscribe(() => wake.call());
    try {
      const events = await openEventLog(session, source, line.settings.station.name);
      await this.#send(session, events, wake);
    } catch (error) {
      // Whoever does not answer may not be the one to ask: the cluster has other servers.
      if (isSilence(error)) session.giveUp();
      throw error;
    } finally {
      end();
      wake.end();
    }
  }

  async #send(session: LineSession, { log, position: first }: EventLog, wake: Wake): Promise<void> {
    const { source } = this.#parts;
    const results = this.#resultsOf(session);
    for (let position = first; !wake.isOver();) {
      const rows = source.waiting(position, PAGE);
      if (rows.length === 0) {
        this.#reached("done");
        await wake.next();
        continue;
      }
      for (const row of rows) {
        if (wake.isOver()) break;
        if (row.position !== position + 1)
          throw new StationError("audit.gap", "events are missing from the outbox", { position: position + 1 });
        if (row.type === "run.finished") await this.#endRun(row, results);
        await log.append(eventEntry(source.identity.id, row));
        position = row.position;
      }
      await source.settle(position);
      this.#reached("sending");
    }
  }

  async #endRun({ position, run: id }: DrainRow, results: () => Promise<ResultLog | undefined>): Promise<void> {
    const { source, ended } = this.#parts;
    const run = id === null ? undefined : source.run(id);
    if (run === undefined) return;
    await ended?.(run);
    await (await results())?.publish(position, run);
  }

  /** The results of the line, looked at when the first run ends. */
  #resultsOf(session: LineSession): () => Promise<ResultLog | undefined> {
    const { line, source } = this.#parts;
    const { name, station, results } = line.settings;
    let opened: Promise<ResultLog> | undefined;
    return async () => {
      if (!results) return undefined;
      opened ??= ResultLog.open(session, source.identity.id, { line: name, stationName: station.name });
      return opened;
    };
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  #reached(state: "sending" | "done"): void {
    this.#tell({ state, reachedAt: this.#parts.clock.now() });
  }

  #tell(state: Omit<DrainStatus, "waiting">): void {
    const { reachedAt } = this.#state;
    this.#state = reachedAt === undefined ? state : { reachedAt, ...state };
    for (const listener of [...this.#listeners]) listener(this.status);
  }
}

/** Waits for calls; one that came in between counts. */
class Wake {
  readonly #stop: AbortSignal;
  #called = false;
  #resolve: (() => void) | undefined;

  constructor(stop: AbortSignal) {
    this.#stop = stop;
    stop.addEventListener("abort", this.call, { once: true });
  }

  /** Whether the connection is lost or the drain closing. */
  isOver(): boolean {
    return this.#stop.aborted;
  }

  readonly call = (): void => {
    this.#called = true;
    this.#resolve?.();
  };

  async next(): Promise<void> {
    if (!this.#called && !this.isOver())
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    this.#called = false;
    this.#resolve = undefined;
  }

  end(): void {
    this.#stop.removeEventListener("abort", this.call);
  }
}
