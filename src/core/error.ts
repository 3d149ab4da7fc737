import { codeEntry, isErrorCode, type ErrorCode } from "./error-codes.ts";
import { formatFact, type Facts } from "./fact.ts";
import { visible } from "./visible.ts";

/**
 * The only error that the project throws: a code of the table, what happened, facts with units, the cause.
 * Facts never carry secrets: they reach logs, the audit database and the screen.
 */
export class StationError extends Error {
  override readonly name = "StationError";
  readonly code: ErrorCode;
  readonly facts: Facts;

  constructor(code: ErrorCode, what: string, facts: Facts = {}, options: { readonly cause?: unknown } = {}) {
    super(what, options);
    this.code = code;
    this.facts = facts;
  }

  /** One sentence that tells the operator what to do. */
  get advice(): string {
    return codeEntry(this.code).advice;
  }
}

/** An error as it crosses processes and is written to the audit record; `cause` is the chain below it. */
export type ErrorReport = {
  readonly code: ErrorCode;
  readonly what: string;
  readonly facts: Facts;
  readonly advice: string;
  readonly cause?: ErrorCause;
};

/** A cause in an {@link ErrorReport}: an error of the table or a foreign one, with its text. */
export type ErrorCause = {
  readonly code: string;
  readonly what: string;
  readonly facts: Facts;
  readonly cause?: ErrorCause;
};

const CAUSE_DEPTH = 5;

/** The error as a plain object. Foreign errors become `station.internal` with their text as cause. */
export function reportOf(error: unknown): ErrorReport {
  const known = asStationError(error);
  const cause = causeOf(known.cause, CAUSE_DEPTH);
  const { code, message: what, facts, advice } = known;
  return cause === undefined ? { code, what, facts, advice } : { code, what, facts, advice, cause };
}

/** The error that a report was made of; its cause chain becomes StationErrors where the code is of the table. */
export function errorOf(report: ErrorReport): StationError {
  const options = report.cause === undefined ? {} : { cause: causeError(report.cause) };
  return new StationError(report.code, report.what, report.facts, options);
}

/** The error itself if it is of the table, else `station.internal` around it. */
export function asStationError(error: unknown): StationError {
  if (error instanceof StationError) return error;
  return new StationError("station.internal", "unexpected error", {}, { cause: error });
}

/**
 * One line for logs and terminals: `[at.timeout] no final result (command AT+CGSN, limit 5 s)`. Control characters, which
 * facts may have from modems and files, are shown as `\u001b` and do nothing.
 */
export function describeError(error: unknown): string {
  const known = asStationError(error);
  const facts = Object.entries(known.facts).map(([name, fact]) => `${name} ${formatFact(fact)}`);
  const text = `[${known.code}] ${known.message}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}`;
  return visible(text);
}

function causeOf(cause: unknown, depth: number): ErrorCause | undefined {
  if (cause === undefined || depth === 0) return undefined;
  if (!(cause instanceof Error)) return { code: "foreign", what: "not an error object", facts: {} };
  const own =
    cause instanceof StationError
      ? { code: cause.code, what: cause.message, facts: cause.facts }
      : { code: foreignCode(cause), what: cause.message.slice(0, 500), facts: {} };
  const next = causeOf(cause.cause, depth - 1);
  return next === undefined ? own : { ...own, cause: next };
}

function foreignCode(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function causeError(cause: ErrorCause): Error {
  const options = cause.cause === undefined ? {} : { cause: causeError(cause.cause) };
  if (isErrorCode(cause.code)) return new StationError(cause.code, cause.what, cause.facts, options);
  return new ForeignError(cause.code, cause.what, options);
}

/** An error of another library, brought over from another process. */
class ForeignError extends Error {
  readonly code: string;

  constructor(code: string, what: string, options: { readonly cause?: unknown }) {
    super(what, options);
    this.code = code;
  }
}
