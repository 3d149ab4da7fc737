import type { AuditStore, RecoveredRun } from "../audit/audit-store.ts";
import type { Device } from "../contract/common.ts";
import type { Admission } from "../contract/order.ts";
import type { Proof } from "../contract/proof.ts";
import type { SlotState } from "../contract/slot-state.ts";
import type { BatchSummary, StartRequest } from "../contract/station-request.ts";
import type { Clock } from "../core/clock.ts";
import { reportOf, StationError } from "../core/error.ts";
import type { BatchId, DeviceUuid, RandomBytes, SlotId } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import type { RunEnd } from "./active-run.ts";
import {
  chosenSlots,
  isTraining,
  planBatch,
  type BatchPlan,
  type BusySlot,
  type StationCredentials,
  type StationFiles,
} from "./batch-plan.ts";
import { filesFor, requireGoldenCheck, type GoldenRule } from "./golden-unit.ts";
import { isAboutOneRun, recordError } from "./record-error.ts";
import { recoveredSlot } from "./recovered-slot.ts";
import type { RunDesks } from "./run-desk.ts";
import { SharedWorkerHost } from "./shared-worker-host.ts";
import { Slot, type SlotParts } from "./slot.ts";
import { StartGate } from "./start-gate.ts";
import { DEFAULT_LIMITS, type StationLimits } from "./station-limits.ts";
import type { StartGuard } from "./published/document-guard.ts";
import type { NewsListener, StationNews } from "./station-news.ts";
import { admitUnit, historyFor } from "./unit-admission.ts";
import type { UnitInterlock } from "./unit-interlock.ts";
import { withValues, type Admitted } from "./value-admission.ts";
import { sourceOf, ValueBook } from "./value-book.ts";
import type { WorkerHost } from "./worker-host.ts";

/** What a station works with. The audit store stays the caller's: it is closed after the station. */
export type StationOptions = {
  readonly files: StationFiles;
  readonly store: AuditStore;
  readonly host: WorkerHost;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly credentials?: StationCredentials;
  /** What runs may ask of this station (a local CA, a token file); default: nothing. */
  readonly desks?: RunDesks;
  /** Runs that the store found open and closed as ABORTED. */
  readonly recovered?: readonly RecoveredRun[];
  /** What slots showed before: how their last runs ended stays to be seen until the next. */
  readonly shown?: readonly SlotState[];
  /** The slots whose workers are started ahead; default: all of the fixture. */
  readonly prepare?: readonly SlotId[];
  readonly limits?: Partial<StationLimits>;
  /** How often the golden unit must be checked before production; undefined: never. Training goes on without. */
  readonly golden?: () => GoldenRule | undefined;
  /** What may start, where engineers of a line sign documents; default: everything. */
  readonly documents?: StartGuard;
  /** Claims units from the other stations of a line; absent: the station is by itself. Closed by the caller, after the station. */
  readonly interlock?: UnitInterlock;
};

/** A batch that was started. */
export type StartedBatch = {
  readonly batch: BatchId;
  /**
   * Settles when every run has ended and the batch's end is recorded.
   * Rejects with StationError station.store-failed when the record could not be kept; the slots' states tell how the runs ended.
   */
  readonly done: Promise<BatchSummary>;
};

/** The station core: the slots of a fixture, their workers, batches, interlocks; everything it tells is on the disk. */
export class Station {
  readonly #options: StationOptions;
  readonly #credentials: StationCredentials;
  readonly #slots: ReadonlyMap<SlotId, Slot>;
  readonly #listeners = new Set<NewsListener>();
  readonly #reserved = new Map<SlotId, BusySlot>();
  readonly #pending = new Set<Promise<unknown>>();
  #book: ValueBook | undefined;
  #storeFailed = false;
  #unsettled: readonly (() => Promise<boolean>)[] = [];
  #closing: Promise<void> | undefined;

  private constructor(options: StationOptions) {
    this.#options = options;
    this.#credentials = options.credentials ?? {};
    const { clock, store, files } = options;
    const { slotsPerWorker } = files.fixture;
    const host = slotsPerWorker === 1 ? options.host : new SharedWorkerHost(options.host, slotsPerWorker);
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const gate = new StartGate(limits.startsAtOnce);
    const shared: Omit<SlotParts, "slot"> = {
      ...{ host, gate, clock, limits, store, desks: options.desks ?? {}, interlock: options.interlock },
      tell: (news) => this.#tell(news),
      admit: (slot, device, before) => this.#admit(slot, device, before),
      grant: (slot, device, admission) => this.#grant(slot, device, admission),
      onLost: (error) => this.#lost(error),
    };
    const newest = new Map((options.recovered ?? []).map((run) => [run.slot, run]));
    this.#slots = new Map(
      options.files.fixture.slots.map((slot) => {
        const left = newest.get(slot.slot);
        const shown = options.shown?.find((before) => before.slot === slot.slot && before.kind === "finished");
        const state = left === undefined ? shown : recoveredSlot(slot, left);
        return [slot.slot, new Slot({ ...shared, slot: slot.slot }, state)];
      }),
    );
  }

  /** Opens the station and starts its workers ahead, a few at a time. */
  static open(options: StationOptions): Station {
    const station = new Station(options);
    for (const [id, slot] of station.#slots) if (options.prepare?.includes(id) ?? true) slot.prepare();
    return station;
  }

  /**
   * Starts a batch: records it with its runs, then sends the orders.
   * @param proof only read and compare; absent: provision
   * @throws StationError station.closed, station.slot-*, station.serial-* when the request cannot be met as a whole;
   * station.golden-* when the golden unit must be checked before production; line.document-* when nobody has signed what would
   * run; station.store-failed when it cannot be recorded:
   * no modem was touched then
   */
  start(request: StartRequest, proof?: Proof): Promise<StartedBatch> {
    const starting = this.#start(request, proof);
    this.#keep(starting);
    return starting;
  }

  async #start(request: StartRequest, proof: Proof | undefined): Promise<StartedBatch> {
    if (this.#closing !== undefined) throw new StationError("station.closed", "the station is closed");
    const { clock, random, store, desks, documents } = this.#options;
    if (documents !== undefined) await documents.requireCovered(this.#options.files);
    if (proof === undefined && desks?.beforeBatch !== undefined) await desks.beforeBatch();
    const files = filesFor(this.#options.files, proof);
    const slots = chosenSlots(files.fixture, request, this.#busy());
    if (proof === undefined) this.#requireGolden();
    const plan = planBatch(
      {
        ...{ files, credentials: this.#credentials, station: store.stationId, clock, random },
        ...(proof === undefined ? {} : { proof }),
      },
      slots,
      request,
    );
    for (const { started } of plan.orders) this.#reserved.set(started.slot, started);
    try {
      await this.#settleEnds();
      store.assertWritable();
      this.#values(plan.start.recipeSha256);
      await store.startBatch(plan.start);
    } catch (error) {
      throw recordError(error);
    } finally {
      for (const { started } of plan.orders) this.#reserved.delete(started.slot);
    }
    this.#storeFailed = false;
    return this.#run(plan);
  }

  /** Stops the run in a slot, or all; each ends as ABORTED once its modem is released. */
  abort(target: SlotId | "all", reason = new StationError("station.aborted", "stopped by the operator")): void {
    if (target === "all") for (const slot of this.#slots.values()) slot.abort(reason);
    else this.#slots.get(target)?.abort(reason);
  }

  /** The state of every slot, in the fixture's order. */
  snapshot(): readonly SlotState[] {
    return [...this.#slots.values()].map((slot) => slot.state);
  }

  /** How many slots have a worker process that waits for orders or carries one out. */
  get readySlots(): number {
    return [...this.#slots.values()].filter((slot) => slot.ready).length;
  }

  /** Tells `listener` all news from now on; the answer ends that. */
  subscribe(listener: NewsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops all runs in order, waits for their ends to be recorded, then ends every worker. Harmless when repeated. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const reason = new StationError("station.closing", "the station is being closed");
    while (this.#pending.size > 0) {
      this.abort("all", reason);
      await Promise.allSettled([...this.#pending]);
    }
    await this.#settleEnds().catch(() => undefined);
    await Promise.all([...this.#slots.values()].map((slot) => slot.stop()));
  }

  /** Work that closing waits for. */
  #keep(work: Promise<unknown>): void {
    this.#pending.add(work);
    const forget = (): void => void this.#pending.delete(work);
    work.then(forget, forget);
  }

  #run(plan: BatchPlan): StartedBatch {
    const { batch } = plan.start;
    const since = this.#options.clock.monotonic();
    this.#tell({ kind: "batch.started", batch, slots: plan.orders.map(({ started }) => started.slot) });
    const ends = plan.orders.flatMap((order) => {
      const slot = this.#slots.get(order.started.slot);
      return slot === undefined ? [] : [slot.begin(order)];
    });
    const done = Promise.all(ends).then((all) => this.#finishBatch(batch, all, since));
    this.#keep(done);
    return { batch, done };
  }

  async #finishBatch(batch: BatchId, ends: readonly RunEnd[], since: number): Promise<BatchSummary> {
    this.#unsettled = [...this.#unsettled, ...ends.flatMap(({ settle }) => (settle === undefined ? [] : [settle]))];
    const { clock, store } = this.#options;
    try {
      await this.#settleEnds();
      const seconds = Math.round(clock.monotonic() - since) / 1000;
      const summary = await store.finishBatch(batch, isoTime(clock.now()), seconds);
      this.#tell({ kind: "batch.finished", summary });
      return summary;
    } catch (error) {
      throw recordError(error);
    }
  }

  /** Writes the ends of runs that the record did not take before. @throws StationError station.store-failed */
  async #settleEnds(): Promise<void> {
    const ends = this.#unsettled;
    this.#unsettled = [];
    const left: (() => Promise<boolean>)[] = [];
    for (const settle of ends) if (!(await settle())) left.push(settle);
    this.#unsettled = [...this.#unsettled, ...left];
    if (left.length > 0)
      throw new StationError("station.store-failed", "ends of runs are not recorded yet", { runs: left.length });
  }

  #admit(slot: SlotId, device: Device, before: DeviceUuid | undefined): Admission {
    const { uuid } = device;
    const run = this.#slots.get(slot)?.run;
    // Whatever does not provision may be done to a unit that has passed.
    const again = run?.started.again === true || run?.started.purpose !== undefined;
    const holder = [...this.#slots.values()].find((other) => other.id !== slot && other.holds(uuid, run?.batch))?.id;
    const applicant = { slot, uuid, again, ...historyFor(run?.started.purpose, this.#options.files.recipe.recipe) };
    return admitUnit(applicant, before, holder, this.#options.store);
  }

  #grant(slot: SlotId, device: Device, admission: Admission): Admitted {
    const started = this.#slots.get(slot)?.run?.started;
    return withValues(admission, this.#values(started?.recipeSha256), device, started?.purpose);
  }

  /** The rows of the recipe's value file, where this recipe has some; made once. @throws StationError audit.* */
  #values(recipeSha256: string | undefined): ValueBook | undefined {
    const { files, store } = this.#options;
    if (files.values === undefined || recipeSha256 !== files.recipe.sha256) return undefined;
    this.#book ??= new ValueBook(files.values, sourceOf(files.values, files.simulated === true), store);
    return this.#book;
  }

  /** @throws StationError station.golden-* */
  #requireGolden(): void {
    const { files, golden, store, clock } = this.#options;
    const rule = isTraining(files) ? undefined : golden?.();
    if (rule !== undefined) requireGoldenCheck(rule, files.fixture.name, store, clock.now());
  }

  /** A record that is refused ends its run; a disk that fails ends all. */
  #lost(error: StationError): StationError {
    if (isAboutOneRun(error)) return error;
    const failure = recordError(error);
    if (!this.#storeFailed) {
      this.#storeFailed = true;
      this.#tell({ kind: "store.failed", error: reportOf(failure) });
      this.abort("all", failure);
    }
    return failure;
  }

  #busy(): readonly BusySlot[] {
    const running = [...this.#slots.values()].flatMap(({ run }) => (run === undefined ? [] : [run.started]));
    return [...running, ...this.#reserved.values()];
  }

  #tell(news: StationNews): void {
    for (const listener of this.#listeners) listener(news);
  }
}
