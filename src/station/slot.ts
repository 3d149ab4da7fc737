import type { AuditStore } from "../audit/audit-store.ts";
import type { Device } from "../contract/common.ts";
import type { Admission } from "../contract/order.ts";
import type { RunEvent } from "../contract/run-event.ts";
import { idleSlot, reduceSlot, type SlotState } from "../contract/slot-state.ts";
import { asStationError, reportOf, StationError } from "../core/error.ts";
import type { BatchId, DeviceUuid, SlotId } from "../core/ids.ts";
import { ActiveRun, type RunEnd, type RunOrder } from "./active-run.ts";
import { answerQuestion, type RunDesks } from "./run-desk.ts";
import { SlotWorker, type SlotWorkerParts, type WorkerMessage } from "./slot-worker.ts";
import type { StationNews } from "./station-news.ts";
import type { UnitInterlock } from "./unit-interlock.ts";
import type { Admitted } from "./value-admission.ts";

/** What a slot needs of the station around it. */
export type SlotParts = SlotWorkerParts & {
  readonly store: AuditStore;
  readonly tell: (news: StationNews) => void;
  /** Decides about an identified unit. @throws StationError audit.* when the store cannot be read */
  readonly admit: (slot: SlotId, device: Device, before: DeviceUuid | undefined) => Admission;
  /** Gives an admitted unit its row of values. @throws StationError audit.* when the store cannot be read */
  readonly grant: (slot: SlotId, device: Device, admission: Admission) => Admitted;
  /** Claims units from the other stations of a line; undefined for a station by itself. */
  readonly interlock: UnitInterlock | undefined;
  /** What runs may ask for. */
  readonly desks: RunDesks;
  /** The record failed; answers the error that the run ends with. */
  readonly onLost: (error: StationError) => StationError;
};

/** One slot: its worker process, the run in it, and its state for the screen. */
export class Slot {
  readonly id: SlotId;
  readonly #parts: SlotParts;
  readonly #worker: SlotWorker;
  #state: SlotState;
  #run: ActiveRun | undefined;
  #latest: Pick<ActiveRun, "batch" | "uuid"> | undefined;

  constructor(parts: SlotParts, state: SlotState = idleSlot(parts.slot)) {
    this.id = parts.slot;
    this.#parts = parts;
    this.#state = state;
    this.#worker = new SlotWorker(parts, {
      onReady: () => this.#run?.workerReady(),
      onMessage: (message) => this.#take(message),
      onDown: (error) => this.#lostWorker(error),
    });
  }

  get state(): SlotState {
    return this.#state;
  }

  /** Whether the worker process waits for an order or carries one out. */
  get ready(): boolean {
    return this.#worker.ready;
  }

  /** The run in the slot, until its end. */
  get run(): ActiveRun | undefined {
    return this.#run;
  }

  /** Whether this unit runs in the slot, or ran in it in this batch. */
  holds(uuid: DeviceUuid, batch: BatchId | undefined): boolean {
    if (this.#run !== undefined) return this.#run.uuid === uuid;
    return this.#latest?.batch === batch && this.#latest?.uuid === uuid;
  }

  /** Starts the worker process ahead of the first run. */
  prepare(): void {
    this.#worker.start();
  }

  /** Runs an order; the slot must have no run. */
  begin(order: RunOrder): Promise<RunEnd> {
    return new Promise((resolve) => {
      const run = this.#activeRun(order, resolve);
      this.#run = run;
      this.#show(run, order.started, false);
      if (this.#worker.ready) run.workerReady();
      else this.#worker.start();
    });
  }

  /** Stops the run in the slot; harmless without one. */
  abort(error: StationError): void {
    this.#run?.abort(error);
  }

  /** Ends the worker process, kindly, then by force. */
  stop(): Promise<void> {
    return this.#worker.stop();
  }

  #activeRun(order: RunOrder, resolve: (end: RunEnd) => void): ActiveRun {
    const { store, clock, limits, admit, grant, interlock, desks, onLost } = this.#parts;
    const run: ActiveRun = new ActiveRun({
      ...{ ...order, store, clock, limits, interlock, onLost },
      send: (message) => this.#worker.send(message),
      discard: (error) => this.#worker.discard(error),
      startWorker: () => this.#worker.start(),
      show: (event, unsaved) => this.#show(run, event, unsaved),
      admit: (device, before) => admit(this.id, device, before),
      grant: (device, admission) => grant(this.id, device, admission),
      answer: (question, asker) => answerQuestion(desks, question, asker),
      finish: (end) => {
        this.#run = undefined;
        this.#latest = { batch: run.batch, uuid: run.uuid };
        if (this.#worker.ready) this.#worker.praise();
        resolve(end);
      },
    });
    return run;
  }

  #show(run: ActiveRun, event: RunEvent, unsaved: boolean): void {
    this.#state = reduceSlot(this.#state, event);
    const news = { kind: "run", batch: run.batch, event, state: this.#state } as const;
    this.#parts.tell(unsaved ? { ...news, unsaved } : news);
  }

  #take(message: WorkerMessage): void {
    if (message.type === "log") {
      this.#parts.tell({ kind: "log", slot: this.id, level: message.level, text: message.text });
      return;
    }
    try {
      if (this.#run === undefined)
        throw new StationError("station.worker-protocol", "the worker spoke of a run without one", { slot: this.id });
      this.#run.take(message);
    } catch (error) {
      this.#worker.discard(asStationError(error));
    }
  }

  #lostWorker(error: StationError): void {
    this.#parts.tell({ kind: "worker.lost", slot: this.id, error: reportOf(error) });
    this.#run?.workerLost(error);
  }
}
