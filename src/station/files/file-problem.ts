import type { ErrorCode } from "../../core/error-codes.ts";
import { asStationError, StationError } from "../../core/error.ts";
import { quantity, type Facts } from "../../core/fact.ts";

/** One thing that is wrong in a file, and where. */
export type FileProblem = {
  /** Line and column, counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The field as a person names it: `commands[2].serverCertificate.secTag`; empty for the whole file. */
  readonly field: string;
  /** What is wrong, with the limit: `must be at most 65535`. */
  readonly what: string;
  /** The code of the table for it; default `file.invalid`. */
  readonly code?: FileCode;
};

type FileCode = Extract<ErrorCode, `file.${string}`>;

const MOST_SHOWN = 20;
const LONGEST_WHAT = 900;

/**
 * The error for everything that is wrong in a file: the code of the first problem. Its facts name file, line, column and field of the first problem and, as
 * `problem 1`, `problem 2` …, up to 20 of them in full.
 */
export function problemsError(file: string, problems: readonly FileProblem[]): StationError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const texts = sorted.slice(0, MOST_SHOWN).map(describeProblem);
  const [first] = sorted;
  const place: Facts =
    first === undefined
      ? {}
      : { line: first.line, column: first.column, ...(first.field === "" ? {} : { field: first.field }) };
  const listed = texts.length < 2 ? {} : Object.fromEntries(texts.map((text, index) => [`problem ${index + 1}`, text]));
  const what = texts.join("; ").slice(0, LONGEST_WHAT);
  return new StationError(first?.code ?? "file.invalid", what, {
    file,
    ...place,
    problems: quantity(problems.length, "items"),
    ...listed,
  });
}

/** `line 4, column 9, slots[0].port: is missing`. */
export function describeProblem(problem: FileProblem): string {
  const field = problem.field === "" ? "" : `, ${problem.field}`;
  return `line ${problem.line}, column ${problem.column}${field}: ${problem.what}`.slice(0, 400);
}

/** The problem that an error makes of the value at `path`, which stands at `place`. */
export function problemOf(
  error: unknown,
  path: readonly PropertyKey[],
  place: { readonly line: number; readonly column: number },
): FileProblem {
  const { code, message: what } = asStationError(error);
  const { line, column } = place;
  return { line, column, field: fieldName(path), what, ...(isFileCode(code) ? { code } : {}) };
}

function isFileCode(code: ErrorCode): code is FileCode {
  return code.startsWith("file.");
}

/** A path into a document as people write it: `commands[2].serverCertificate.secTag`. */
export function fieldName(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return text.startsWith(".") ? text.slice(1) : text;
}
