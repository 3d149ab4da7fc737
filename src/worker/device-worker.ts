import { RunIdSchema, SlotIdSchema } from "../contract/common.ts";
import { ToWorkerSchema, type FromWorker, type Order, type ToWorker } from "../contract/order.ts";
import type { Clock } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { errorOf, StationError } from "../core/error.ts";
import type { RunId, SlotId } from "../core/ids.ts";
import { ActiveRun, type ExecuteOrder } from "./active-run.ts";
import type { IdleSweep } from "./idle-sweep.ts";
import { refusedRun } from "./refused-run.ts";
import type { WorkerPort } from "./worker-port.ts";

/** What a device worker takes. */
export type DeviceWorkerParts = {
  readonly port: WorkerPort;
  readonly clock: Clock;
  readonly execute: ExecuteOrder;
  /** Called once when the worker is done for good: told to shut down or left alone, every modem released. */
  readonly onEnd: () => void;
  /** Told when the last active run has ended, and when there is something to do again. */
  readonly sweep?: Pick<IdleSweep, "rest" | "work">;
};

const HEARTBEAT = seconds(1);
/** Complaints about bad messages that are told; a sender that goes on and on is not worth more. */
const COMPLAINTS = 100;

/**
 * Carries out the core's orders, one at a time in each slot, and says every second that it is alive. Messages are parsed
 * here and nowhere else; a bad one is complained about and changes nothing.
 */
export class DeviceWorker {
  readonly #parts: DeviceWorkerParts;
  readonly #runs = new Map<SlotId, ActiveRun>();
  #complaints = 0;
  #ending = false;
  #stopHeart: () => void = () => undefined;

  constructor(parts: DeviceWorkerParts) {
    this.#parts = parts;
  }

  /** Listens and says that it is ready. */
  start(): void {
    const { port } = this.#parts;
    port.onMessage((message) => this.#onMessage(message));
    port.onGone(() => this.end(new StationError("station.closing", "the station core is gone")));
    this.#send({ type: "ready" });
    this.#beat();
  }

  /** Stops every run, releases the modems, then ends. Harmless when repeated. */
  end(reason: StationError): void {
    for (const run of this.#runs.values()) run.abort(reason);
    if (this.#ending) return;
    this.#ending = true;
    if (this.#runs.size === 0) this.#finish();
  }

  #onMessage(message: unknown): void {
    const parsed = ToWorkerSchema.safeParse(message);
    if (parsed.success) this.#take(parsed.data);
    else this.#refuse(message, faultOf(parsed.error.issues));
  }

  #take(message: ToWorker): void {
    switch (message.type) {
      case "order": {
        this.#begin(message.order);
        return;
      }
      case "stored":
        return this.#runOf(message)?.confirm(message.seq);
      case "admission":
        return this.#runOf(message)?.admit(message.admission);
      case "answer":
        return this.#runOf(message)?.answer(message.ask, message.answer);
      case "abort":
        return this.#runOf(message)?.abort(errorOf(message.error));
      case "cut":
        return this.#runOf(message)?.cut(errorOf(message.error));
      case "shutdown": {
        this.end(new StationError("station.closing", "the station is closing"));
        return;
      }
    }
  }

  #begin(order: Order): void {
    const { slot, runId } = order;
    if (this.#runs.get(slot)?.runId === runId) {
      this.#complain("an order came twice");
      return;
    }
    if (this.#ending || this.#runs.has(slot)) {
      const code = this.#ending ? "station.closing" : "station.slot-busy";
      const error = new StationError(code, "the worker takes no order for this slot now", { slot });
      this.#send({ type: "event", event: refusedRun(runId, slot, error, this.#parts.clock) });
      return;
    }
    const { clock, execute } = this.#parts;
    const run = new ActiveRun({ order, clock, execute, send: (message) => this.#send(message) });
    this.#runs.set(slot, run);
    this.#parts.sweep?.work();
    void run.execute().finally(() => this.#done(slot));
  }

  #done(slot: SlotId): void {
    this.#runs.delete(slot);
    if (this.#runs.size > 0) return;
    if (this.#ending) this.#finish();
    else this.#parts.sweep?.rest();
  }

  #finish(): void {
    this.#stopHeart();
    this.#parts.sweep?.work();
    this.#parts.onEnd();
  }

  #runOf({ slot, runId }: { readonly slot: SlotId; readonly runId: RunId }): ActiveRun | undefined {
    const run = this.#runs.get(slot);
    // The core may speak of a run that has just ended here: that is no mistake.
    return run?.runId === runId ? run : undefined;
  }

  /** An order that cannot be read ends its run if it can be told which. */
  #refuse(message: unknown, fault: Fault): void {
    this.#complain(
      `a message cannot be read: ${fault.place === "" ? "" : `${fault.place}: `}${fault.what}`.slice(0, 512),
    );
    const named = namedOrder(message);
    if (named === undefined || this.#runs.get(named.slot)?.runId === named.runId) return;
    const reason = new StationError("run.order-invalid", "the order cannot be read", { field: fault.place });
    this.#send({ type: "event", event: refusedRun(named.runId, named.slot, reason, this.#parts.clock) });
  }

  #complain(text: string): void {
    if (this.#complaints++ < COMPLAINTS) this.#send({ type: "log", level: "warning", text });
  }

  #beat(): void {
    this.#stopHeart = this.#parts.clock.after(HEARTBEAT, () => {
      this.#send({ type: "alive" });
      this.#beat();
    });
  }

  #send(message: FromWorker): void {
    this.#parts.port.send(message);
  }
}

/** Where a message is wrong, and how; values are never repeated, as orders hold secrets. */
type Fault = { readonly place: string; readonly what: string };

function faultOf(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): Fault {
  const [issue] = issues;
  return { place: issue?.path.map(String).join(".").slice(0, 128) ?? "", what: issue?.message ?? "unknown" };
}

/** The run and slot of something that wants to be an order. */
function namedOrder(message: unknown): { readonly runId: RunId; readonly slot: SlotId } | undefined {
  if (!isObject(message) || message["type"] !== "order" || !isObject(message["order"])) return undefined;
  const runId = RunIdSchema.safeParse(message["order"]["runId"]);
  const slot = SlotIdSchema.safeParse(message["order"]["slot"]);
  return runId.success && slot.success ? { runId: runId.data, slot: slot.data } : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
