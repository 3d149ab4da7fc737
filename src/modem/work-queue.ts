import { abortReason } from "../core/clock.ts";
import { asStationError } from "../core/error.ts";

/** Work done one at a time, in order. */
export class WorkQueue {
  #tail: Promise<void> = Promise.resolve();

  /**
   * Does `work` after everything that was added before. When `signal` aborts, the answer comes at once: work that has not
   * begun is left out, work in flight goes on to its own end before the next begins.
   * @throws StationError the signal's reason, or what `work` throws
   */
  add<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        if (signal !== undefined) reject(abortReason(signal));
      };
      if (signal?.aborted === true) {
        onAbort();
        return;
      }
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#tail = this.#tail.then(async () => {
        try {
          if (signal?.aborted !== true) resolve(await work());
        } catch (error) {
          reject(asStationError(error));
        } finally {
          signal?.removeEventListener("abort", onAbort);
        }
      });
    });
  }
}
