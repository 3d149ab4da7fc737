import type { Admission } from "../contract/order.ts";
import { reportOf, StationError } from "../core/error.ts";
import type { RunStarted } from "./run-recorder.ts";
import type { ValueBook, ValueGrant, ValueSeeker } from "./value-book.ts";

/** The answer to an identified unit, and the row that it takes with the record of it. */
export type Admitted = { readonly admission: Admission; readonly grant?: ValueGrant };

/**
 * Gives an admitted unit its row of the recipe's value file. Runs that provision take one; those that only read and compare
 * do it with the unit's row as it is; a run that gathers tokens needs none.
 */
export function withValues(
  admission: Admission,
  book: ValueBook | undefined,
  unit: ValueSeeker,
  purpose: RunStarted["purpose"],
): Admitted {
  if (admission.kind === "refused" || book === undefined) return { admission };
  try {
    if (purpose === "gather") return { admission };
    if (purpose !== undefined) {
      const values = book.valuesOf(unit);
      return { admission: values === undefined ? admission : { ...admission, values } };
    }
    const grant = book.take(unit);
    return { admission: { ...admission, values: grant.values }, grant };
  } catch (error) {
    if (error instanceof StationError && error.code.startsWith("values."))
      return { admission: { kind: "refused", error: reportOf(error) } };
    throw error;
  }
}
