import type { LineState } from "../../src/contract/desktop-line.ts";
import type { DesktopNews } from "../../src/contract/desktop-news.ts";
import type { DesktopSnapshot, TrainingFacts } from "../../src/contract/desktop-snapshot.ts";
import type { Proof } from "../../src/contract/proof.ts";
import type { StartRequest } from "../../src/contract/station-request.ts";
import type { Session } from "../../src/contract/desktop-session.ts";
import type { Clock } from "../../src/core/clock.ts";
import { reportOf, StationError } from "../../src/core/error.ts";
import { isoTime } from "../../src/core/iso-time.ts";
import { isTraining, type StationFiles } from "../../src/station/batch-plan.ts";
import type { StationNews } from "../../src/station/station-news.ts";
import type { StartedBatch, Station } from "../../src/station/station.ts";
import type { Handlers } from "../ipc/handlers.ts";
import { nextBatches, NO_BATCHES, type BatchWatch } from "./batch-watch.ts";
import type { InsertionDesk } from "./insertion-desk.ts";
import type { Jobs } from "./jobs.ts";
import type { NewsOutlet } from "./news-outlet.ts";
import type { SettingsFile } from "./settings-file.ts";
import type { ShiftBook } from "./shift-book.ts";
import { factsOf } from "./station-facts.ts";

export type DeskParts = {
  readonly station: Pick<Station, "start" | "abort" | "snapshot" | "subscribe">;
  /** The files that the line works with now. */
  readonly files: () => StationFiles;
  readonly stationId: string;
  readonly version: string;
  readonly settings: SettingsFile;
  /** Who works here. */
  readonly session: () => Session;
  readonly shift: ShiftBook;
  readonly outlet: NewsOutlet;
  readonly jobs: Jobs;
  readonly clock: Clock;
  /** The simulated boards of the line; facts are undefined where boards are real. */
  readonly training: { readonly facts: () => TrainingFacts | undefined; readonly renew: () => Promise<void> };
  /** What is plugged in, where somebody looks. */
  readonly insertions?: () => Pick<InsertionDesk, "current" | "disarm" | "renewed" | "configured">;
  /** The line that the station shares with others, where it does. */
  readonly sharedLine?: () => LineState | undefined;
  /** Told whenever the first batch starts and the last one ends. */
  readonly onBusy: (busy: boolean) => void;
  /** Lines for whoever looks after the station; never holds secrets. */
  readonly log: (line: string) => void;
};

type DeskHandlers = Pick<
  Handlers,
  "snapshot" | "start" | "abort" | "cancel" | "settings.read" | "settings.write" | "shift.restart" | "training.renew"
>;

/** The station as the window sees it: its state at one moment, its news, and what can be asked of it. */
export class StationDesk {
  readonly #parts: DeskParts;
  #batches: BatchWatch = NO_BATCHES;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    parts.station.subscribe((news) => this.#hear(news));
  }

  /** Whether a run is active. */
  get busy(): boolean {
    return this.#batches.running.length > 0 || this.#parts.station.snapshot().some(({ kind }) => kind === "running");
  }

  /** What the window may ask, beyond the record. */
  handlers(): DeskHandlers {
    const { station, settings, shift, jobs } = this.#parts;
    return {
      snapshot: () => this.#snapshot(),
      start: (request) => this.#start(request),
      abort: ({ slot }) => {
        // Whoever stops everything does not want the next board to start by itself.
        if (slot === "all") this.#parts.insertions?.().disarm();
        station.abort(slot);
        return null;
      },
      cancel: ({ job }) => {
        jobs.cancel(job);
        return null;
      },
      "settings.read": () => settings.current,
      "settings.write": (change) => settings.change(change),
      "shift.restart": () => shift.restart(),
      "training.renew": async () => {
        await this.renewBoards();
        return null;
      },
    };
  }

  /** Lays new simulated boards into the tray. @throws StationError desktop.request outside the training mode and while runs are active */
  async renewBoards(): Promise<void> {
    const { training } = this.#parts;
    if (training.facts() === undefined) throw new StationError("desktop.request", "the boards of this tray are real");
    if (this.busy) throw new StationError("station.slot-busy", "boards cannot be changed while runs are active");
    await training.renew();
    this.#parts.insertions?.().renewed();
  }

  /** The line works with something else from now on: the window is told to ask for it. */
  configured(): void {
    this.#parts.insertions?.().configured();
    this.#tell({ kind: "configured" });
  }

  async #snapshot(): Promise<DesktopSnapshot> {
    const { station, files, stationId, version, settings, outlet, clock, training, insertions } = this.#parts;
    const shift = await this.#parts.shift.latest();
    // From here on nothing waits: what follows is of one moment.
    const { running, last, storeFailure } = this.#batches;
    const worksWith = files();
    const simulated = training.facts();
    const sharedLine = this.#parts.sharedLine?.();
    return {
      ...{ news: outlet.newest, at: isoTime(clock.now()) },
      station: { id: stationId, version, training: isTraining(worksWith) },
      ...(simulated === undefined ? {} : { training: simulated }),
      ...factsOf(worksWith),
      settings: settings.current,
      session: this.#parts.session(),
      batches: [...running],
      ...(last === undefined ? {} : { lastBatch: last }),
      slots: [...station.snapshot()],
      shift,
      ...(insertions === undefined ? {} : { insertions: insertions().current }),
      ...(sharedLine === undefined ? {} : { sharedLine }),
      ...(storeFailure === undefined ? {} : { storeFailure }),
    };
  }

  /** Starts runs that only read, as `start` does. @throws StationError as `Station.start`; operators.signed-out */
  async startProof(request: StartRequest, proof: Proof): Promise<StartedBatch> {
    const started = await this.#parts.station.start(this.#signed(request), proof);
    void this.#watch(started);
    return started;
  }

  async #start(request: StartRequest) {
    const started = await this.#parts.station.start(this.#signed(request));
    void this.#watch(started);
    const slots = this.#batches.running.find(({ batch }) => batch === started.batch)?.slots ?? [];
    return { batch: started.batch, slots: [...slots] };
  }

  /**
   * The request with the operator that its runs record: the one signed in, never one that the window names; where the
   * station is open, the window's or the settings'.
   * @throws StationError operators.signed-out
   */
  #signed(request: StartRequest): StartRequest {
    const { session, settings } = this.#parts;
    const { open, operator } = session();
    if (!open) {
      if (operator === null) throw new StationError("operators.signed-out", "nobody is signed in");
      return { ...request, operator: operator.name };
    }
    const named = request.operator ?? settings.current.operator;
    return named === null ? request : { ...request, operator: named };
  }

  /** Tells the end of a batch that its own news do not tell, then the counts of the shift. */
  async #watch({ batch, done }: StartedBatch): Promise<void> {
    try {
      await done;
    } catch (error) {
      this.#tell({ kind: "batch.failed", batch, error: reportOf(error) });
    }
    await this.tellShift();
  }

  /** Tells the counts of the shift. */
  async tellShift(): Promise<void> {
    try {
      this.#tell({ kind: "shift", shift: await this.#parts.shift.read() });
    } catch (error) {
      this.#parts.log(`the counts of the shift cannot be read: ${reportOf(error).code}`);
    }
  }

  #hear(news: StationNews): void {
    switch (news.kind) {
      case "log":
        if (news.level !== "info") this.#parts.log(`slot ${news.slot}: ${news.text}`);
        return;
      case "batch.started":
        this.#tell({ ...news, startedAt: isoTime(this.#parts.clock.now()), slots: [...news.slots] });
        return;
      case "run":
      case "batch.finished":
      case "store.failed":
      case "worker.lost":
        this.#tell(news);
    }
  }

  #tell(news: DesktopNews): void {
    const before = this.#batches.running.length > 0;
    this.#batches = nextBatches(this.#batches, news);
    const after = this.#batches.running.length > 0;
    this.#parts.outlet.tell(news);
    if (before !== after) this.#parts.onBusy(after);
  }
}
