import type { Recipe } from "../../contract/recipe.ts";
import { IMEI_PATTERN } from "../../core/ids.ts";

/** What is wrong with the key of the row that begins in `line`, in words that follow its column's name. */
export type CheckKey = (
  values: (column: string) => string,
  line: number,
) => readonly { readonly column: string; readonly what: string }[];

const LONGEST_KEY = 64;

/** Checks the keys of rows one after the other: what they look like, and that none stands twice. */
export function keyCheck({ values, boardSerial }: Recipe, column: string): CheckKey {
  const lines = new Map<string, number>();
  const pattern =
    values?.key === "boardSerial" && boardSerial !== undefined
      ? new RegExp(`^(?:${boardSerial.pattern})$`, "u")
      : undefined;
  return (valueOf, line) => {
    const key = valueOf(column);
    if (key === "") return [];
    const earlier = lines.get(key);
    if (earlier === undefined) lines.set(key, line);
    const what =
      earlier === undefined
        ? keyProblem(key, values?.key, pattern)
        : `stands in line ${earlier} already: no two units may have one row`;
    return what === undefined ? [] : [{ column, what }];
  };
}

function keyProblem(key: string, kind: string | undefined, pattern: RegExp | undefined): string | undefined {
  if (key.length > LONGEST_KEY || /\p{Cc}/u.test(key))
    return `must be at most ${LONGEST_KEY} characters without control characters`;
  if (kind === "imei" && !IMEI_PATTERN.test(key))
    return "must be an IMEI: 15 digits (spreadsheets may have changed it)";
  if (pattern !== undefined && !pattern.test(key)) return "does not look as boardSerial.pattern of the recipe says";
  return undefined;
}
