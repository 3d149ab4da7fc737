import type { RunEvent } from "../contract/run-event.ts";
import { StationError } from "../core/error.ts";
import type { BatchStart } from "./audit-store.ts";
import { canonicalJson } from "./canonical-json.ts";

/** What the store knows of a run when an event for it comes. */
export type RunProgress = {
  /** The number that the next new event must have. */
  readonly nextSeq: number;
  readonly finished: boolean;
};

/**
 * Whether an event is new or the repeat of one that is stored.
 * @param progress what is known of its run; undefined when there is no such run
 * @param stored the canonical JSON of the stored event of that number; called for repeats only
 * @throws StationError audit.unknown, audit.conflict, audit.gap, audit.over
 */
export function admitEvent(
  event: RunEvent,
  progress: RunProgress | undefined,
  stored: () => string | undefined,
): "new" | "repeat" {
  const facts = { run: event.runId, seq: event.seq, type: event.type };
  if (progress === undefined) throw new StationError("audit.unknown", "event of a run that was never started", facts);
  if (event.seq < progress.nextSeq) {
    if (stored() === canonicalJson(event)) return "repeat";
    throw new StationError("audit.conflict", "another event is stored under this run and number", facts);
  }
  if (progress.finished) throw new StationError("audit.over", "event after the end of its run", facts);
  if (event.seq > progress.nextSeq)
    throw new StationError("audit.gap", "events are missing before this one", { ...facts, expected: progress.nextSeq });
  if (event.type === "run.started")
    throw new StationError("audit.conflict", "a run starts with its batch and only once", facts);
  return "new";
}

/**
 * Checks that the parts of a batch to be recorded fit each other.
 * @param sha256 digest of a text as lower-case hex
 * @throws StationError audit.recipe, audit.conflict
 */
export function checkBatchStart(start: BatchStart, sha256: (text: string) => string): void {
  const found = sha256(start.recipeText);
  if (found !== start.recipeSha256)
    throw new StationError("audit.recipe", "the recipe's text does not have its digest", {
      recipe: start.recipe,
      expected: start.recipeSha256,
      found,
    });
  const ids = new Set<string>();
  const slots = new Set<string>();
  for (const run of start.runs) {
    const facts = { batch: start.batch, run: run.runId, slot: run.slot };
    if (run.seq !== 0) throw new StationError("audit.gap", "the first event of a run must have number 0", facts);
    if (ids.has(run.runId) || slots.has(run.slot))
      throw new StationError("audit.conflict", "a run or slot appears twice in its batch", facts);
    if (
      run.recipe !== start.recipe ||
      run.recipeSha256 !== start.recipeSha256 ||
      run.operator !== start.operator ||
      run.training !== start.training
    )
      throw new StationError("audit.conflict", "a run differs from its batch in recipe, operator or training", facts);
    ids.add(run.runId);
    slots.add(run.slot);
  }
}
