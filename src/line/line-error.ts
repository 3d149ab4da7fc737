import { errors } from "@nats-io/transport-node";
import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import { StationError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import type { Facts } from "../core/fact.ts";

/** What TLS libraries call a peer that is not who it should be. */
const UNTRUSTED = /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** The JetStream API's answer when there is no such stream, bucket or consumer. */
const MISSING: ReadonlySet<number> = new Set([JetStreamApiCodes.StreamNotFound, JetStreamApiCodes.ConsumerNotFound]);

/** The JetStream API's answer when a message names another place than the subject has. */
const CONFLICTS: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
]);

/**
 * The error of the table for what a NATS library threw; errors of the table stay as they are.
 * @param what what was tried, as a sentence's beginning: "the event was not taken"
 */
export function lineError(error: unknown, what: string, facts: Facts = {}): StationError {
  if (error instanceof StationError) return error;
  return new StationError(codeOf(error), what, facts, { cause: error });
}

/** Whether a request got no answer at all: the server may be stuck or cut off, and another one may not be. */
export function isSilence(error: unknown): boolean {
  return causesOf(error).some((cause) => cause instanceof errors.TimeoutError);
}

/** Whether nobody listened to a request. */
export function hasNobody(error: unknown): boolean {
  return causesOf(error).some((cause) => cause instanceof errors.NoRespondersError);
}

/** Whether something else was written since the sequence or revision that a message named. */
export function isConflict(error: unknown): boolean {
  return causesOf(error).some((cause) => cause instanceof JetStreamApiError && CONFLICTS.has(cause.code));
}

/** The error and what it was caused by; the libraries wrap some of their errors. */
function causesOf(error: unknown): readonly Error[] {
  const found: Error[] = [];
  for (let cause = error; cause instanceof Error && found.length < 5; cause = cause.cause) found.push(cause);
  return found;
}

function codeOf(error: unknown): ErrorCode {
  for (const cause of causesOf(error)) {
    const code = knownCode(cause);
    if (code !== undefined) return code;
  }
  return "line.answer";
}

function knownCode(error: Error): ErrorCode | undefined {
  if (error instanceof errors.NoRespondersError) return "line.not-set-up";
  if (error instanceof JetStreamApiError) return MISSING.has(error.code) ? "line.not-set-up" : apiCode(error);
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError)
    return "line.refused";
  if (error instanceof errors.PermissionViolationError) return "line.refused";
  if ("code" in error && typeof error.code === "string" && UNTRUSTED.test(error.code)) return "line.untrusted";
  if (error.message.includes("does not support 'tls'")) return "line.untrusted";
  if (AWAY.some((type) => error instanceof type)) return "line.away";
  // Requests that were under way when the connection ended; others of this class tell why in their cause.
  if (error instanceof errors.RequestError && error.message === "connection closed") return "line.away";
  return "code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code) ? "line.away" : undefined;
}

const AWAY = [
  errors.TimeoutError,
  errors.ClosedConnectionError,
  errors.DrainingConnectionError,
  errors.ConnectionError,
] as const;

/** Stream at its limit of messages or bytes; storage of the server or account used up. */
const FULL: ReadonlySet<number> = new Set([10_002, 10_023, 10_028, 10_047, 10_077]);

/** The engine is there, but its cluster has no leader, or there is no room. */
function apiCode(error: JetStreamApiError): ErrorCode {
  if (FULL.has(error.code)) return "line.full";
  return error.status === 503 ? "line.away" : "line.answer";
}
