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

/** The error for a file with problems, which it holds in full, in the file's order. */
export class FileProblemsError extends StationError {
  readonly problems: readonly FileProblem[];

  constructor(code: FileCode, what: string, facts: Facts, problems: readonly FileProblem[]) {
    super(code, what, facts);
    this.problems = problems;
  }
}

/**
 * The error for everything that is wrong in a file: its code is that of the first problem, its facts name file, line, column and
 * field of it and, as `problem 2`, `problem 3` …, up to 20 problems in full.
 */
export function problemsError(file: string, problems: readonly FileProblem[]): FileProblemsError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const [first] = sorted;
  if (first === undefined) return new FileProblemsError("file.invalid", "the file is not valid", { file }, []);
  const more = sorted.slice(1, MOST_SHOWN).map((problem, index) => [`problem ${index + 2}`, describeProblem(problem)]);
  const facts: Facts = {
    ...{ file, line: first.line, column: first.column },
    ...(first.field === "" ? {} : { field: first.field }),
    ...(sorted.length === 1 ? {} : { problems: quantity(sorted.length, "items") }),
    ...(Object.fromEntries(more) as Readonly<Record<string, string>>),
  };
  return new FileProblemsError(first.code ?? "file.invalid", describeProblem(first), facts, sorted);
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
