import { isErrorCode } from "../../../src/core/error-codes.ts";
import { describeError, reportOf, StationError } from "../../../src/core/error.ts";

/** Longest report on one refusal, in characters: it reaches the screen and the audit record. */
const LONGEST_REPORT = 65_536;
/** Codes that say that the program is wrong, not the input. */
const FAULTS: readonly string[] = ["station.internal"];

/**
 * The code of the refusal that some work ends with, or "taken" where it ends well. Whatever is no error of the table, an
 * internal one, one that repeats a secret, writes to the terminal or grows without end is thrown on as a failure.
 */
export async function endOf(work: () => unknown, secrets: readonly string[] = []): Promise<string> {
  try {
    await work();
    return "taken";
  } catch (error) {
    return refusalOf(error, secrets);
  }
}

/** The code of a proper refusal; see {@link endOf}. */
export function refusalOf(error: unknown, secrets: readonly string[] = []): string {
  if (!(error instanceof StationError)) throw error;
  if (!isErrorCode(error.code) || FAULTS.includes(error.code))
    throw new TypeError(`refused with ${error.code}`, { cause: error });
  const report = JSON.stringify(reportOf(error));
  if (report.length > LONGEST_REPORT) throw new TypeError(`a report of ${report.length} characters`, { cause: error });
  if (/\p{Cc}/u.test(describeError(error))) throw new TypeError("the report writes to the terminal", { cause: error });
  assertHidden(report, secrets);
  return error.code;
}

/** Fails where a text repeats one of the secrets. */
export function assertHidden(text: string, secrets: readonly string[]): void {
  if (secrets.some((secret) => text.includes(secret))) throw new TypeError("a secret is repeated");
}
