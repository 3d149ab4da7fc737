import type { ToWorker } from "../contract/order.ts";
import type { SlotId } from "../core/ids.ts";
import type { StationError } from "../core/error.ts";

/** How a worker process ended; `error` when it never started. */
export type WorkerExit = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error?: StationError;
};

/** What a worker process tells its supervisor. */
export interface WorkerListener {
  /** A message as it came: not checked. */
  onMessage(message: unknown): void;
  /** The process is gone; called once, nothing follows. */
  onExit(exit: WorkerExit): void;
}

/** A running worker process. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  /** Sends a message; one to a process that is gone is lost. */
  send(message: ToWorker): void;
  /** Ends the process at once, without asking it. */
  kill(): void;
}

/** Starts worker processes: `child_process.fork` on the command line, Electron's `utilityProcess` in the desktop. */
export interface WorkerHost {
  /** Starts the worker of a slot; the listener is called later, never from within. @throws StationError station.worker-start */
  start(slot: SlotId, listener: WorkerListener): WorkerProcess;
}
