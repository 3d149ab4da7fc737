import type { TrainingFacts } from "../../src/contract/desktop-snapshot.ts";
import type { TrainingNumbers } from "../../src/contract/desktop-configuration.ts";
import type { Fixture } from "../../src/contract/fixture.ts";
import type { ResolvedProfile, Transport } from "../../src/contract/profile.ts";
import type { Proof } from "../../src/contract/proof.ts";
import type { SlotState } from "../../src/contract/slot-state.ts";
import type { StartRequest } from "../../src/contract/station-request.ts";
import { StationError } from "../../src/core/error.ts";
import type { Secret } from "../../src/core/secret.ts";
import type { StationCredentials, StationFiles } from "../../src/station/batch-plan.ts";
import type { NewsListener } from "../../src/station/station-news.ts";
import type { StartedBatch, Station } from "../../src/station/station.ts";
import { wantsService, wantsTray, type LineChoice } from "./line-choice.ts";
import type { LineDocuments } from "./line-documents.ts";
import { sameSlots } from "./same-slots.ts";

/** What a line works with that can be exchanged for another while nothing runs. */
export type LineStation = Pick<Station, "start" | "abort" | "snapshot" | "subscribe" | "close">;

/** The simulated modems as they run, with what they were laid with. */
export type RunningTray = {
  readonly fixture: Fixture;
  /** Its process has ended by itself. */
  readonly over?: () => boolean;
  renew(): Promise<void>;
  stop(): Promise<void>;
};

/** The embedded service as it runs. */
export type RunningService = {
  /** What reaches it over a transport, which it offers from then on. @throws StationError desktop.helper, dtls.listen */
  readonly profileOver: (transport: Transport) => Promise<ResolvedProfile>;
  readonly ownerKey: Secret;
  /** Its process has ended by itself. */
  readonly over?: () => boolean;
  stop(): Promise<void>;
};

/** What a line is opened with. */
export type LineParts = {
  readonly load: (choice: LineChoice) => Promise<LineDocuments>;
  readonly startTray: (numbers: TrainingNumbers) => Promise<RunningTray>;
  readonly startService: () => Promise<RunningService>;
  /** The keys for a service that is not the embedded one. */
  readonly credentials: (choice: LineChoice, profile: ResolvedProfile) => Promise<StationCredentials>;
  readonly openStation: (
    files: StationFiles,
    credentials: StationCredentials,
    shown: readonly SlotState[],
  ) => LineStation;
  /** Faults that were ordered of the simulated modems. */
  readonly faults: readonly string[];
};

/** The helpers of the training mode that a line has. */
type Helpers = {
  readonly tray?: { readonly numbers: TrainingNumbers; readonly running: RunningTray };
  readonly service?: RunningService;
};

type OpenLine = {
  readonly choice: LineChoice;
  readonly helpers: Helpers;
  readonly files: StationFiles;
  readonly credentials: StationCredentials;
  readonly station: LineStation;
};

/**
 * The line of a station: its documents, the helpers of the training mode, the slots with their workers. All of it can be exchanged
 * while nothing runs; whoever holds the line goes on with the new one.
 */
export class StationLine {
  readonly #parts: LineParts;
  readonly #listeners = new Set<NewsListener>();
  readonly #changes = new Set<() => void>();
  #line: OpenLine;
  #starting = 0;
  #exchanging = false;
  #closed: Promise<void> | undefined;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(parts: LineParts, line: Omit<OpenLine, "station">) {
    this.#parts = parts;
    this.#line = { ...line, station: this.#stationOf(line, []) };
  }

  /** @throws StationError of whatever cannot be opened; what was opened before it is closed again */
  static async open(parts: LineParts, choice: LineChoice): Promise<StationLine> {
    const { line, undo } = await prepare(parts, choice, {});
    try {
      return new StationLine(parts, line);
    } catch (error) {
      await undo();
      throw error;
    }
  }

  get choice(): LineChoice {
    return this.#line.choice;
  }

  get files(): StationFiles {
    return this.#line.files;
  }

  /** The simulated modems; undefined where boards are real. */
  get training(): TrainingFacts | undefined {
    const { tray } = this.#line.helpers;
    if (tray === undefined) return undefined;
    const { modems, latency } = tray.numbers;
    return { modems, latency, faults: [...this.#parts.faults] };
  }

  /** The embedded service; undefined where another one is used. */
  get service(): RunningService | undefined {
    return this.#line.helpers.service;
  }

  /** Whether a run is active, or about to be. */
  get busy(): boolean {
    return this.#starting > 0 || this.#line.station.snapshot().some(({ kind }) => kind === "running");
  }

  /** As of the station. @throws StationError desktop.line-changing; as `Station.start` */
  async start(request: StartRequest, proof?: Proof): Promise<StartedBatch> {
    if (this.#exchanging) throw new StationError("desktop.line-changing", "the line is being set up");
    this.#starting += 1;
    try {
      return await this.#line.station.start(request, proof);
    } finally {
      this.#starting -= 1;
    }
  }

  readonly abort: LineStation["abort"] = (target, reason) => this.#line.station.abort(target, reason);

  readonly snapshot = (): readonly SlotState[] => this.#line.station.snapshot();

  /** Tells the news of whatever line there is, from now on; the answer ends that. */
  readonly subscribe = (listener: NewsListener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls the listener after each exchange; the answer ends that. */
  readonly watchChanges = (listener: () => void): (() => void) => {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  };

  /** @throws StationError desktop.line-busy, desktop.line-changing */
  requireIdle(): void {
    if (this.#exchanging) throw new StationError("desktop.line-changing", "the line is being set up");
    if (this.busy) throw new StationError("desktop.line-busy", "the line cannot be changed while runs are active");
  }

  /** Lays new simulated boards into the tray. @throws StationError desktop.request where boards are real; while runs are active */
  renewBoards(): Promise<void> {
    return this.#exclusive(async () => {
      const { tray } = this.#line.helpers;
      if (tray === undefined) throw new StationError("desktop.request", "the boards of this tray are real");
      await tray.running.renew();
    });
  }

  /**
   * Works with another choice from now on: everything of it is read and started first, then the old line is closed in order and
   * the new one opened. `keep` makes the choice last; when it or anything before it fails, the old line is back.
   * @throws StationError desktop.line-busy, desktop.line-changing, desktop.helper, library.*, file.*; what `keep` throws
   */
  change(choice: LineChoice, keep: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    return this.#exclusive(async () => {
      const old = this.#line;
      const { line, undo } = await prepare(this.#parts, choice, old.helpers);
      try {
        await this.#put(line, old);
        await keep();
      } catch (error) {
        await this.#put(old, this.#line);
        await undo();
        throw error;
      }
      await stopHelpers(old.helpers, line.helpers);
    }, this.#tellChange);
  }

  /** Reads the documents and keys of the line anew. @throws StationError as {@link change} */
  reopen(): Promise<void> {
    return this.change(this.choice);
  }

  /** Stops all runs in order, then the workers and helpers. Harmless when repeated. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // An exchange that is under way ends first: it holds the helpers.
    await this.#work;
    this.#exchanging = true;
    await this.#line.station.close();
    await stopHelpers(this.#line.helpers, {});
  }

  readonly #tellChange = (): void => {
    for (const listener of this.#changes) listener();
  };

  /** Does work during which nothing may start. */
  #exclusive(work: () => Promise<void>, after: () => void = () => undefined): Promise<void> {
    const done = this.#guarded(work).then(after);
    this.#work = Promise.allSettled([this.#work, done]);
    return done;
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    this.requireIdle();
    this.#exchanging = true;
    try {
      await work();
    } finally {
      this.#exchanging = false;
    }
  }

  /** Closes the line that is there and opens another. */
  async #put(line: Omit<OpenLine, "station">, before: OpenLine): Promise<void> {
    const shown = sameSlots(line.files, before.files) ? before.station.snapshot() : [];
    await before.station.close();
    this.#line = { ...line, station: this.#stationOf(line, shown) };
  }

  #stationOf({ files, credentials }: Omit<OpenLine, "station">, shown: readonly SlotState[]): LineStation {
    const station = this.#parts.openStation(files, credentials, shown);
    station.subscribe((news) => {
      for (const listener of this.#listeners) listener(news);
    });
    return station;
  }
}

type Prepared = { readonly line: Omit<OpenLine, "station">; readonly undo: () => Promise<void> };

/** Reads and starts everything of a choice; helpers that fit are taken over. @throws StationError: nothing has been started then */
async function prepare(parts: LineParts, choice: LineChoice, there: Helpers): Promise<Prepared> {
  const documents = await parts.load(choice);
  const helpers: { tray?: NonNullable<Helpers["tray"]>; service?: RunningService } = {};
  const undo = (): Promise<void> => stopHelpers(helpers, there);
  try {
    if (wantsTray(choice)) helpers.tray = await trayFor(parts, choice.training, there);
    if (wantsService(choice)) helpers.service = await serviceFor(parts, there);
    const fixture = documents.fixture ?? helpers.tray?.running.fixture;
    const profile = documents.profile ?? (await helpers.service?.profileOver(choice.training.transport ?? "https"));
    if (fixture === undefined || profile === undefined)
      throw new StationError("station.internal", "a line has no fixture or no profile");
    const simulated = helpers.tray === undefined ? {} : { simulated: true as const };
    const { recipe, values, authorities = [], published = {} } = documents;
    const units = values === undefined ? {} : { values };
    const files = { recipe, ...units, fixture, profile, authorities, published, ...simulated };
    const { service } = helpers;
    const credentials =
      service === undefined ? await parts.credentials(choice, profile) : { ownerKey: service.ownerKey };
    return { line: { choice, helpers, files, credentials }, undo };
  } catch (error) {
    await undo();
    throw error;
  }
}

async function serviceFor(parts: LineParts, { service }: Helpers): Promise<RunningService> {
  return service === undefined || service.over?.() === true ? parts.startService() : service;
}

async function trayFor(
  parts: LineParts,
  numbers: TrainingNumbers,
  { tray }: Helpers,
): Promise<NonNullable<Helpers["tray"]>> {
  const { modems, latency } = numbers;
  const fits = tray?.numbers.modems === modems && tray.numbers.latency === latency;
  if (fits && tray.running.over?.() !== true) return tray;
  return { numbers, running: await parts.startTray(numbers) };
}

/** Stops the helpers that the others do not share; one that cannot be stopped keeps no other running. */
async function stopHelpers(helpers: Helpers, others: Helpers): Promise<void> {
  const { tray, service } = helpers;
  const stops = [
    ...(tray !== undefined && tray.running !== others.tray?.running ? [tray.running.stop()] : []),
    ...(service !== undefined && service !== others.service ? [service.stop()] : []),
  ];
  await Promise.allSettled(stops);
}
