import type { z } from "zod";
import { StationError } from "../core/error.ts";
import { issueText } from "../station/files/schema-problems.ts";

const LONGEST_SHOWN = 40;

/**
 * The usage error for the first option whose value a schema refused.
 * @param given the texts of the options by name
 */
export function optionProblem(error: z.ZodError, given: Readonly<Record<string, unknown>>): StationError {
  const [issue] = error.issues;
  const option = String(issue?.path[0] ?? "");
  const text = given[option];
  const subject = (issue?.path.length ?? 0) > 1 ? `each entry of --${option}` : `--${option}`;
  return new StationError("usage.option", `${subject} ${issue === undefined ? "is wrong" : issueText(issue)}`, {
    option: `--${option}`,
    ...(typeof text === "string" ? { given: text.slice(0, LONGEST_SHOWN) } : {}),
  });
}
