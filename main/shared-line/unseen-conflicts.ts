import type { LineConflict } from "../../src/contract/desktop-line.ts";

/** What tells one conflict from all others. */
export type SeenConflict = Pick<LineConflict, "run" | "what">;

/**
 * The conflicts that came after the one that was seen last. Their order in the record decides, not their times: the computer's
 * clock may have been set back in between.
 * @param newest in the record's order, the newest first
 * @param seen undefined: none was; one that is not among them is older than all of them
 */
export function unseenConflicts(
  newest: readonly LineConflict[],
  seen: SeenConflict | undefined,
): readonly LineConflict[] {
  if (seen === undefined) return newest;
  const place = newest.findIndex(({ run, what }) => run === seen.run && what === seen.what);
  return place === -1 ? newest : newest.slice(0, place);
}
