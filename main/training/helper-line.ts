import type { ParentPort } from "electron";
import { reportOf } from "../../src/core/error.ts";

/** What a helper process says first: that it is ready, or why it cannot be. */
export type HelperAnswer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/**
 * Runs a helper of the training mode: answers each message of the main process with what `work` makes of it. The first
 * message holds the helper's options.
 */
export function answerMessages(port: ParentPort, work: (message: unknown) => Promise<unknown>): void {
  port.on("message", ({ data }: { readonly data: unknown }) => {
    void work(data).then(
      (value) => port.postMessage({ ok: true, value } satisfies HelperAnswer),
      (error: unknown) => port.postMessage({ ok: false, error: reportOf(error) } satisfies HelperAnswer),
    );
  });
}
