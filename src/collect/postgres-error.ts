import type { ErrorCode } from "../core/error-codes.ts";
import { StationError } from "../core/error.ts";
import type { Facts } from "../core/fact.ts";

/** Beginnings of PostgreSQL's SQLSTATE (its manual, appendix A) and of the system's codes, and what they mean here. */
const MEANINGS: readonly (readonly [string, ErrorCode, string])[] = [
  ["28", "collect.refused", "the database refused the login"],
  ["3D", "collect.refused", "there is no database of this name"],
  ["42501", "collect.rights", "the user may not do this"],
  ["25006", "collect.rights", "the session may only read"],
  ["57014", "collect.slow", "the statement took too long"],
  ["57P", "collect.lost", "the server ends its sessions"],
  ["08", "collect.lost", "the session was lost"],
  ["ECONNREFUSED", "collect.unreachable", "nothing listens there"],
  ["ENOTFOUND", "collect.unreachable", "there is no such host"],
  ["EAI_", "collect.unreachable", "the host's name cannot be resolved"],
  ["ETIMEDOUT", "collect.unreachable", "the server does not answer"],
  ["EHOSTUNREACH", "collect.unreachable", "the server cannot be reached"],
  ["ENETUNREACH", "collect.unreachable", "the server cannot be reached"],
  ["ENOENT", "collect.unreachable", "there is no such socket"],
  ["ECONNRESET", "collect.lost", "the session was cut off"],
  ["EPIPE", "collect.lost", "the session was cut off"],
  ["ERR_TLS_CERT_ALTNAME", "collect.untrusted", "the server's certificate is for another host"],
  ["ERR_TLS", "collect.untrusted", "the server's certificate does not fit"],
  ["ERR_SSL", "collect.untrusted", "the server's TLS cannot be used"],
  ["EPROTO", "collect.untrusted", "the server's TLS cannot be used"],
  ["DEPTH_ZERO", "collect.untrusted", "the server's certificate is of no trusted CA"],
  ["SELF_SIGNED", "collect.untrusted", "the server's certificate is of no trusted CA"],
  ["UNABLE_TO", "collect.untrusted", "the server's certificate is of no trusted CA"],
  ["CERT_", "collect.untrusted", "the server's certificate is not valid"],
];

/** Texts of the client itself, which has no codes for them. */
const TEXTS: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/timeout expired|timeout exceeded/i, "collect.unreachable", "the server does not answer in time"],
  [/query read timeout/i, "collect.slow", "the statement took too long"],
  [/SSL connection/i, "collect.untrusted", "the server does not speak TLS, and nothing was sent to it"],
  [/password|SASL|SCRAM/i, "collect.refused", "the database refused the login"],
  [/terminated|not queryable|closed|ended/i, "collect.lost", "the session was lost"],
];

/** The error of the PostgreSQL client as one of the table; its text, which may hold values, stays in the cause. */
export function postgresError(error: unknown, facts: Facts = {}): StationError {
  if (error instanceof StationError) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const text = error instanceof Error ? error.message : "";
  const known = MEANINGS.find(([beginning]) => code.startsWith(beginning));
  const told = known === undefined ? TEXTS.find(([pattern]) => code === "" && pattern.test(text)) : undefined;
  const [, meaning, what] = known ?? told ?? ["", "collect.failed" as const, "the database refused a statement"];
  return new StationError(meaning, what, { ...facts, ...(code === "" ? {} : { reason: code }) }, { cause: error });
}
