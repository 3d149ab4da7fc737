import type { AuditStore } from "../audit/audit-store.ts";
import type { Device } from "../contract/common.ts";
import type { Admission, Order, ToWorker } from "../contract/order.ts";
import type { Answer, Question } from "../contract/question.ts";
import { isAnnouncement, type Release, type RunEvent } from "../contract/run-event.ts";
import type { Clock } from "../core/clock.ts";
import { codeEntry } from "../core/error-codes.ts";
import { asStationError, reportOf, StationError } from "../core/error.ts";
import type { BatchId, DeviceUuid, SlotId } from "../core/ids.ts";
import type { Asker } from "./run-desk.ts";
import { RunRecorder, type RunFinished, type RunStarted } from "./run-recorder.ts";
import type { CoreEnding } from "./run-trace.ts";
import type { WorkerMessage } from "./slot-worker.ts";
import type { StationLimits } from "./station-limits.ts";
import { RunClaim, type UnitInterlock } from "./unit-interlock.ts";
import type { Admitted } from "./value-admission.ts";
import type { ValueGrant } from "./value-book.ts";

/** Settings of one run that may wait for the disk. */
const MOST_SETTINGS_WAITING = 100;
/** Questions of one run that may wait for an answer. */
const MOST_QUESTIONS_WAITING = 8;

/** What a slot is told to run; `started` is on the disk. */
export type RunOrder = { readonly batch: BatchId; readonly order: Order; readonly started: RunStarted };

/** How a run ended. `settle` tries once more to write an end that the record did not take; absent where it is on the disk. */
export type RunEnd = { readonly event: RunFinished; readonly settle?: () => Promise<boolean> };

/** What a run needs of its slot and of the station. */
export type ActiveRunParts = RunOrder & {
  readonly store: AuditStore;
  readonly clock: Clock;
  readonly limits: StationLimits;
  readonly send: (message: ToWorker) => void;
  /** Ends the worker process at once. */
  readonly discard: (error: StationError) => void;
  readonly startWorker: () => void;
  /** Shows an event, after its commit; `unsaved` when the record failed. */
  readonly show: (event: RunEvent, unsaved: boolean) => void;
  /** Decides about an identified unit. @throws StationError audit.* when the store cannot be read */
  readonly admit: (device: Device, before: DeviceUuid | undefined) => Admission;
  /** Gives an admitted unit its row of values. @throws StationError audit.* when the store cannot be read */
  readonly grant: (device: Device, admission: Admission) => Admitted;
  /** Claims the unit from the other stations of a line, where there are some. */
  readonly interlock?: UnitInterlock | undefined;
  /** Answers a question of an admitted unit; never rejects. */
  readonly answer: (question: Question, asker: Asker) => Promise<Answer>;
  /** The record failed; answers the error that the run ends with. */
  readonly onLost: (error: StationError) => StationError;
  readonly finish: (end: RunEnd) => void;
};

/** One run in a slot, from its order to its last event: whatever happens, it ends, once, and its end is written if it can be. */
export class ActiveRun {
  readonly #parts: ActiveRunParts;
  readonly #recorder: RunRecorder;
  readonly #answers = new Map<number, Admission>();
  readonly #claim: RunClaim;
  #device: Device | undefined;
  #ordered = false;
  #startsFailed = 0;
  #settingsWaiting = 0;
  #questionsWaiting = 0;
  #stopReason: StationError | undefined;
  #lostReason: StationError | undefined;
  #workerEnd: RunFinished | undefined;
  #ending = false;
  #over = false;
  #cancelAbort: () => void = () => undefined;

  constructor(parts: ActiveRunParts) {
    this.#parts = parts;
    this.#claim = new RunClaim(parts.interlock, parts.started, (error, how) => this.#lostUnit(error, how));
    this.#recorder = new RunRecorder(parts, {
      onStored: (event) => this.#stored(event),
      onLost: (error) => this.#lost(error),
    });
  }

  get batch(): BatchId {
    return this.#parts.batch;
  }

  get started(): RunStarted {
    return this.#parts.started;
  }

  /** The unit that was identified and admitted, or is about to be. */
  get uuid(): DeviceUuid | undefined {
    return this.#device?.uuid ?? this.#claim.asking;
  }

  /** The worker is ready: it gets the order, once. */
  workerReady(): void {
    if (this.#ordered || this.#ending) return;
    this.#ordered = true;
    this.#parts.send({ type: "order", order: this.#parts.order });
  }

  /** The worker is gone: another one is waited for before the order, none after it. */
  workerLost(error: StationError): void {
    if (this.#ending || this.#recorder.finished) return;
    if (this.#ordered) {
      this.#end(withCause(this.#stopReason ?? error, error), "unreachable");
      return;
    }
    this.#startsFailed += 1;
    if (this.#startsFailed < this.#parts.limits.startAttempts) this.#parts.startWorker();
    else this.#end(error, "untouched");
  }

  /** @throws StationError station.worker-protocol when the worker may not say this now */
  take(message: Exclude<WorkerMessage, { type: "log" }>): void {
    if (!this.#ordered || this.#ending) throw this.#nonsense("the worker spoke of a run that it has no order for");
    if (message.type === "event") this.#takeEvent(message.event);
    else if (message.type === "setting") this.#takeSetting(message);
    else this.#takeQuestion(message);
  }

  /** Stops the run: nothing new starts, the modem is released in order. Harmless when repeated. */
  abort(error: StationError): void {
    if (this.#stopReason !== undefined || this.#ending || this.#recorder.finished) return;
    this.#stopReason = error;
    this.#claim.stop(error);
    if (!this.#ordered) {
      this.#end(error, "untouched");
      return;
    }
    const { clock, limits, send, discard } = this.#parts;
    send({ type: "abort", ...this.#named(), error: reportOf(error) });
    this.#cancelAbort = clock.after(limits.abort, () =>
      discard(new StationError("station.worker-hung", "the worker did not end its run", this.#facts())),
    );
  }

  #takeEvent(event: RunEvent): void {
    const decide = event.type === "unit.identified" ? () => this.#identified(event.device, event.seq) : undefined;
    this.#recorder.take(event, decide);
    if (event.type !== "run.finished") return;
    this.#cancelAbort();
    this.#workerEnd = event;
    if (this.#lostReason !== undefined) this.#end(this.#lostReason, event.release);
  }

  /**
   * Decided at once, so that of two slots with the same unit only one is admitted, and no two units get one row of values;
   * answered when the event is stored, with the row that it takes. Where other stations must be asked first, that comes in between.
   */
  #identified(device: Device, seq: number): ValueGrant | undefined | Promise<ValueGrant | undefined> {
    return this.#recording(() => {
      const unit = this.#labelled(device);
      const admission = this.#parts.admit(unit, this.uuid);
      const asks = admission.kind === "admitted" && this.#claim.due;
      return asks ? this.#claimed(unit, admission, seq) : this.#granted(unit, admission, seq);
    });
  }

  #granted(unit: Device, decided: Admission, seq: number): ValueGrant | undefined {
    const { admission, grant } = this.#parts.grant(unit, decided);
    if (admission.kind === "admitted") this.#device = unit;
    this.#answers.set(seq, admission);
    return grant;
  }

  /** Never rejects. */
  async #claimed(unit: Device, admission: Admission, seq: number): Promise<ValueGrant | undefined> {
    try {
      await this.#claim.ask(unit);
      return this.#recording(() => this.#granted(unit, admission, seq));
    } catch (error) {
      const reason = asStationError(error);
      if (reason.code.startsWith("audit.")) this.abort(this.#parts.onLost(reason));
      else this.#answers.set(seq, { kind: "refused", error: reportOf(reason) });
      return undefined;
    }
  }

  /** Does what reads the record; where that fails the run is stopped. */
  #recording<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.abort(this.#parts.onLost(asStationError(error)));
      return undefined;
    }
  }

  /** The unit is not this station's any longer. */
  #lostUnit(error: StationError, how: "stop" | "cut"): void {
    if (this.#ending || this.#recorder.finished) return;
    this.abort(error);
    if (how === "stop" || !this.#ordered) return;
    const { clock, limits, send, discard } = this.#parts;
    send({ type: "cut", ...this.#named(), error: reportOf(error) });
    // The process is ended only where it does not obey: other slots may share it.
    this.#cancelAbort();
    this.#cancelAbort = clock.after(limits.cut, () => discard(error));
  }

  /** The label counts as it was scanned, whatever the worker says. */
  #labelled({ boardSerial: _told, ...device }: Device): Device {
    const { boardSerial } = this.#parts.started;
    return boardSerial === undefined ? device : { ...device, boardSerial };
  }

  #takeSetting(message: Extract<WorkerMessage, { type: "setting" }>): void {
    const { store, started, onLost } = this.#parts;
    const uuid = this.#device?.uuid;
    if (message.runId !== started.runId || message.slot !== started.slot || uuid === undefined)
      throw this.#nonsense("the worker sent a setting of another run, or before its unit was known");
    if (this.#settingsWaiting >= MOST_SETTINGS_WAITING) throw this.#nonsense("the worker sends too many settings");
    this.#settingsWaiting += 1;
    store
      .putSetting(uuid, message.key, message.value, started.runId)
      .catch((error: unknown) => this.abort(onLost(asStationError(error))))
      .finally(() => (this.#settingsWaiting -= 1));
  }

  #takeQuestion({ runId, slot, ask, question }: Extract<WorkerMessage, { type: "ask" }>): void {
    const { started, answer, send } = this.#parts;
    const device = this.#device;
    if (runId !== started.runId || slot !== started.slot || device === undefined)
      throw this.#nonsense("the worker asked for another run, or before its unit was known");
    if (this.#questionsWaiting >= MOST_QUESTIONS_WAITING) throw this.#nonsense("the worker asks too much at once");
    this.#questionsWaiting += 1;
    void answer(question, { runId, slot, uuid: device.uuid, device }).then((given) => {
      this.#questionsWaiting -= 1;
      if (!this.#over) send({ type: "answer", runId, slot, ask, answer: given });
    });
  }

  #stored(event: RunEvent): void {
    if (this.#over) return;
    this.#parts.show(event, false);
    if (event.type === "run.finished") {
      this.#finish({ event });
      return;
    }
    if (this.#ending) return;
    // A worker waits for these alone; to be told of each event would wake it twice as often.
    if (isAnnouncement(event)) this.#parts.send({ type: "stored", ...this.#named(), seq: event.seq });
    const admission = this.#answers.get(event.seq);
    if (admission === undefined) return;
    this.#answers.delete(event.seq);
    this.#parts.send({ type: "admission", ...this.#named(), admission });
  }

  #lost(error: StationError): void {
    const reason = this.#parts.onLost(error);
    this.#lostReason ??= reason;
    if (this.#workerEnd !== undefined) this.#end(reason, this.#workerEnd.release);
    else this.abort(reason);
  }

  #end(error: StationError, release: Release): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#cancelAbort();
    this.#claim.stop(error);
    const outcome = codeEntry(error.code).blame === "person" ? "ABORTED" : "ERROR";
    const ending: CoreEnding = { outcome, release, error: reportOf(error) };
    void this.#recorder.end(ending).then(({ event, stored }) => {
      if (stored) return;
      this.#parts.show(event, true);
      this.#finish({ event, settle: async () => (await this.#recorder.end(ending)).stored });
    });
  }

  #finish(end: RunEnd): void {
    this.#over = true;
    this.#cancelAbort();
    this.#claim.release(end.event);
    this.#parts.finish(end);
  }

  #named(): { readonly runId: RunStarted["runId"]; readonly slot: SlotId } {
    const { runId, slot } = this.#parts.started;
    return { runId, slot };
  }

  #facts(): { readonly slot: string; readonly run: string } {
    const { runId, slot } = this.#parts.started;
    return { slot, run: runId };
  }

  #nonsense(what: string): StationError {
    return new StationError("station.worker-protocol", what, this.#facts());
  }
}

/** The reason of a stop, with what went wrong on the way. */
function withCause(reason: StationError, cause: StationError): StationError {
  if (reason.code === cause.code) return reason;
  return new StationError(reason.code, reason.message, { ...reason.facts, worker: cause.code }, { cause });
}
