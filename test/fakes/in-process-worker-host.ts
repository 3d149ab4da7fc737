import type { FromWorker } from "../../src/contract/order.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { SlotId } from "../../src/core/ids.ts";
import type { WorkerHost, WorkerListener, WorkerProcess } from "../../src/station/worker-host.ts";
import type { ExecuteOrder } from "../../src/worker/active-run.ts";
import { DeviceWorker } from "../../src/worker/device-worker.ts";

/** What an in-process worker host takes. */
export type InProcessParts = {
  readonly clock: Clock;
  readonly execute: ExecuteOrder;
  /** Hears what every worker tells, before the core does. */
  readonly overhear?: (message: FromWorker) => void;
};

/** Real device workers in the process of the test: the station core and its runs without processes between them. */
export class InProcessWorkerHost implements WorkerHost {
  readonly #parts: InProcessParts;

  constructor(parts: InProcessParts) {
    this.#parts = parts;
  }

  start(_slot: SlotId, listener: WorkerListener): WorkerProcess {
    const { clock, execute, overhear } = this.#parts;
    const state = { gone: false, onMessage: (_message: unknown): void => undefined };
    const exit = (): void => {
      if (state.gone) return;
      state.gone = true;
      queueMicrotask(() => listener.onExit({ code: 0, signal: null }));
    };
    const worker = new DeviceWorker({
      port: {
        send: (message) => {
          overhear?.(message);
          if (!state.gone) queueMicrotask(() => listener.onMessage(structuredClone(message)));
        },
        onMessage: (handler) => {
          state.onMessage = handler;
        },
        onGone: () => undefined,
        flushed: () => Promise.resolve(),
      },
      ...{ clock, execute, onEnd: exit },
    });
    queueMicrotask(() => worker.start());
    return {
      pid: undefined,
      send: (message) => queueMicrotask(() => state.onMessage(structuredClone(message))),
      kill: exit,
    };
  }
}
