import type { Outcome } from "../contract/common.ts";
import { codeEntry } from "../core/error-codes.ts";
import type { StationError } from "../core/error.ts";

/** How a run ends, from the error that ended it: none PASS, the unit's FAIL, a person's ABORTED, everybody else's ERROR. */
export function outcomeOf(error: StationError | undefined): Outcome {
  if (error === undefined) return "PASS";
  const { blame } = codeEntry(error.code);
  switch (blame) {
    case "unit":
      return "FAIL";
    case "person":
      return "ABORTED";
    case "station":
    case "service":
    case "line":
    case "input":
      return "ERROR";
  }
}
