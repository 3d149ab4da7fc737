import { dirname, join } from "node:path";
import type { StationFiles } from "../station/batch-plan.ts";
import { isCopy } from "../station/published/copy-files.ts";

/** Where a station keeps its copies of the line's documents: the folder `line` beside the line file. */
export function copiesFolder(lineFile: string): string {
  return join(dirname(lineFile), "line");
}

/** Which of the files of a run are such copies: they run only as they were signed. */
export async function publishedIn(
  lineFile: string,
  { recipe, fixture }: { readonly recipe: string; readonly fixture: string },
): Promise<NonNullable<StationFiles["published"]>> {
  const copies = copiesFolder(lineFile);
  return {
    ...((await isCopy(copies, recipe)) ? { recipe: true } : {}),
    ...((await isCopy(copies, fixture)) ? { fixture: true } : {}),
  };
}
