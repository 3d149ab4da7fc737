import type { StationError } from "../../src/core/error.ts";
import { asStationError } from "../../src/core/error.ts";
import { isTraining, type StationFiles } from "../../src/station/batch-plan.ts";
import type { LineDocuments } from "../../src/station/library/line-documents.ts";
import type { StartGuard } from "../../src/station/published/document-guard.ts";
import type { UnitInterlock } from "../../src/station/unit-interlock.ts";
import type { LineWatch } from "./line-watch.ts";

/** The line as it runs beside the station. */
export type RunningLine = {
  readonly watch: LineWatch;
  /** Absent: units are not claimed across the line. */
  readonly interlock?: UnitInterlock;
  readonly guard: StartGuard;
  /** What was published for the line, for the library. */
  readonly documents: LineDocuments;
  /** Gives units back, lets go of the servers. What has not travelled stays in the record. */
  close(): Promise<void>;
};

/** The line that the station shares with others, as the application was started with it. */
export type SharedLine = {
  /** Path of the line file; `null`: the station works for itself. */
  readonly file: string | null;
  /** Why the line cannot be used. */
  readonly problem?: StationError;
  readonly watch?: LineWatch;
  readonly interlock?: UnitInterlock;
  readonly guard?: StartGuard;
  readonly documents?: LineDocuments;
  close(): Promise<void>;
};

/**
 * Opens the line that was chosen. A line that cannot be used keeps production from starting, and nothing else: an engineer sets it
 * right, or leaves it. Never throws.
 * @param file path of the line file; `null`: none
 * @param open reads the file and what it names, and looks for the servers
 */
export async function openSharedLine(
  file: string | null,
  open: (file: string) => Promise<RunningLine>,
): Promise<SharedLine> {
  const close = (): Promise<void> => Promise.resolve();
  if (file === null) return { file, close };
  try {
    return { file, ...(await open(file)) };
  } catch (error) {
    const problem = asStationError(error);
    return { file, problem, guard: refusing(problem), close };
  }
}

/** Lets simulated boards alone start. */
function refusing(problem: StationError): StartGuard {
  return {
    requireCovered: (files: StationFiles) => (isTraining(files) ? Promise.resolve() : Promise.reject(problem)),
  };
}
