import { shallowRef, type ShallowRef } from "vue";
import type { Answers, Asks } from "../../../src/contract/desktop.ts";
import { asStationError, reportOf, type ErrorReport } from "../../../src/core/error.ts";
import type { StationClient } from "../../api/station-client.ts";

type JobKind = "history.export" | "history.verify";

/** A long piece of work as the screen shows it. `share` is 0 to 1, undefined until the first progress. */
export type JobState<Answer> =
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly share: number | undefined; readonly cancelling: boolean }
  | { readonly kind: "done"; readonly answer: Answer }
  | { readonly kind: "failed"; readonly error: ErrorReport };

/** A long piece of work that the main process does: one at a time, with progress, and it can be cancelled. */
export type LongJob<Kind extends JobKind> = {
  readonly state: Readonly<ShallowRef<JobState<Answers<Kind>>>>;
  /** Starts the work; does nothing while it is under way. Answers what came of it; undefined when it failed or was cancelled. */
  readonly run: (asks: Asks<Kind>) => Promise<Answers<Kind> | undefined>;
  readonly cancel: () => void;
  /** Forgets the result. */
  readonly dismiss: () => void;
};

/** Work of one kind. */
export function longJob<Kind extends JobKind>(client: StationClient, kind: Kind): LongJob<Kind> {
  const idle: JobState<Answers<Kind>> = { kind: "idle" };
  const state = shallowRef<JobState<Answers<Kind>>>(idle);
  const job = `${kind.replace(".", "-")}-${Date.now().toString(36)}`;
  let count = 0;
  let current = "";

  const progressed = (share: number): void => {
    if (state.value.kind === "working") state.value = { ...state.value, share };
  };

  async function run(asks: Asks<Kind>): Promise<Answers<Kind> | undefined> {
    if (state.value.kind === "working") return undefined;
    current = `${job}-${(count += 1)}`;
    state.value = { kind: "working", share: undefined, cancelling: false };
    const end = client.listen("progress", ({ job: told, done, total }) => {
      if (told === current) progressed(total === 0 ? 1 : Math.min(1, done / total));
    });
    try {
      const answer = await client.ask(kind, { ...asks, job: current });
      state.value = answer.kind === "cancelled" ? idle : { kind: "done", answer };
      return answer;
    } catch (error) {
      const cancelled = asStationError(error).code === "desktop.cancelled";
      state.value = cancelled ? idle : { kind: "failed", error: reportOf(error) };
      return undefined;
    } finally {
      end();
    }
  }

  function cancel(): void {
    if (state.value.kind !== "working") return;
    state.value = { ...state.value, cancelling: true };
    // Whether it was in time shows in the work's own end.
    client.ask("cancel", { job: current }).catch(() => undefined);
  }

  function dismiss(): void {
    if (state.value.kind !== "working") state.value = idle;
  }

  return { state, run, cancel, dismiss };
}
