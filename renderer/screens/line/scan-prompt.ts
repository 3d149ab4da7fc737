import type { SlotId } from "../../../src/core/ids.ts";
import { staysIn, type Tray } from "./batch-plan.ts";

/** What the scan field asks for; `line.prompt.<ask>` is the sentence. */
export type Prompt =
  | { readonly ask: "scan"; readonly slot: SlotId }
  | { readonly ask: "plugIn" | "plugInOrScan" | "nothingIn" }
  | { readonly ask: "emptyAndScan" | "allScanned" | "ready" | "running" | "emptyAndStart" }
  | { readonly ask: "keepAndScan" | "keepAndStart"; readonly slots: readonly SlotId[] };

/** The one thing to do next at the tray. */
export function promptOf(tray: Tray, target: SlotId | undefined): Prompt {
  const { states, prepared, needsSerial, batchRuns } = tray;
  const scanning = needsSerial || prepared.size > 0;
  if (tray.armed === true) {
    if (target !== undefined && (tray.waiting?.has(target) === true || prepared.size > 0))
      return { ask: "scan", slot: target };
    return { ask: needsSerial ? "plugInOrScan" : "plugIn" };
  }
  if (!scanning && states.length > 0 && states.every(({ slot, kind }) => kind === "idle" && tray.absent?.has(slot)))
    return { ask: "nothingIn" };
  if (scanning && target === undefined) return { ask: batchRuns && prepared.size === 0 ? "running" : "allScanned" };
  const results = states.some((state) => state.kind === "finished");
  if (target !== undefined && scanning && (batchRuns || prepared.size > 0 || !results))
    return { ask: "scan", slot: target };
  if (batchRuns) return { ask: "running" };
  if (!results) return { ask: "ready" };
  const kept = states.filter((state) => staysIn(state)).map(({ slot }) => slot);
  if (kept.length > 0) return { ask: needsSerial ? "keepAndScan" : "keepAndStart", slots: kept };
  return { ask: needsSerial ? "emptyAndScan" : "emptyAndStart" };
}
