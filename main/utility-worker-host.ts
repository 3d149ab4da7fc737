import { utilityProcess, type UtilityProcess } from "electron";
import type { Clock } from "../src/core/clock.ts";
import { milliseconds } from "../src/core/duration.ts";
import { StationError } from "../src/core/error.ts";
import type { SlotId } from "../src/core/ids.ts";
import { WORKER_FLAGS, workerEnvironment } from "../src/station/child-worker-host.ts";
import type { WorkerExit, WorkerHost, WorkerListener, WorkerProcess } from "../src/station/worker-host.ts";
import { yieldProcessor } from "./yield-processor.ts";

/** Between the end of a process and the last of its messages, which travel another way. */
const LAST_WORDS = milliseconds(50);

/** Worker processes by Electron's `utilityProcess`. */
export class UtilityWorkerHost implements WorkerHost {
  readonly #entry: string;
  readonly #clock: Clock;

  /** @param entry path of the bundled worker */
  constructor(entry: string, clock: Clock) {
    this.#entry = entry;
    this.#clock = clock;
  }

  /** @throws StationError station.worker-start */
  start(slot: SlotId, listener: WorkerListener): WorkerProcess {
    const child = this.#fork(slot);
    yieldProcessor(child);
    this.#listen(child, listener);
    // Between the fork and its spawn there is nothing to end yet: the kill waits for it.
    const life = { spawned: false, doomed: false };
    child.once("spawn", () => {
      life.spawned = true;
      if (life.doomed) killNow(child);
    });
    return {
      get pid() {
        return child.pid;
      },
      send: (message) => child.postMessage(message),
      kill: () => {
        life.doomed = true;
        if (life.spawned) killNow(child);
      },
    };
  }

  #fork(slot: SlotId): UtilityProcess {
    try {
      return utilityProcess.fork(this.#entry, [slot], {
        env: workerEnvironment(process.env),
        // Electron takes V8's flags of such a process as a switch of Chromium's, and no others.
        execArgv: [`--js-flags=${WORKER_FLAGS.join(" ")}`],
        // Texts of crashes may hold anything: they go nowhere.
        stdio: "ignore",
        serviceName: `slot ${slot}`,
      });
    } catch (cause) {
      throw new StationError("station.worker-start", "the worker process cannot be started", { slot }, { cause });
    }
  }

  #listen(child: UtilityProcess, listener: WorkerListener): void {
    child.on("message", (message: unknown) => listener.onMessage(message));
    child.once("exit", (code) => {
      const exit: WorkerExit = { code, signal: null };
      this.#clock.after(LAST_WORDS, () => listener.onExit(exit));
    });
  }
}

/** `UtilityProcess.kill` asks; a worker that hangs would not listen. */
function killNow(child: UtilityProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
