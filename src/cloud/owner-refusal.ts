import { seconds, type Duration } from "../core/duration.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import { StationError } from "../core/error.ts";
import { lasting, type Facts } from "../core/fact.ts";
import type { OwnerAnswer } from "./owner-api.ts";
import { isObject, shown } from "./remote-value.ts";

/** What the station asked the owner API to do. */
export type OwnerTask =
  | "dry-run"
  | "claim"
  | "bulk-claim"
  | "read-unit"
  | "remove"
  | "queue"
  | "read-command"
  | "list-commands"
  | "read-rules"
  | "test";

/** Requests whose path is there at every service of the kind: a 404 means that the address is wrong. */
const ROOTS: readonly OwnerTask[] = ["dry-run", "claim", "bulk-claim", "read-rules"];
/** Requests that bring attestation tokens. */
const WITH_TOKEN: readonly OwnerTask[] = ["dry-run", "claim", "bulk-claim"];

/** The error of an answer whose status is not the wanted one; the service's own message is among the facts. */
export function refusal(answer: OwnerAnswer, task: OwnerTask): StationError {
  const message = messageOf(answer);
  const wait = answer.status === 429 || answer.status === 503 ? retryAfter(answer.retryAfter) : undefined;
  const facts: Facts = {
    task,
    status: answer.status,
    ...(message === undefined ? {} : { message }),
    ...(wait === undefined ? {} : { retryAfter: lasting(wait) }),
  };
  return new StationError(codeOf(answer.status, task, message ?? ""), sentenceOf(answer.status), facts);
}

/** The waiting time that a `Retry-After` header names in whole seconds, at most one hour; dates and nonsense: undefined. */
export function retryAfter(header: string | undefined): Duration | undefined {
  if (header === undefined || !/^\d{1,9}$/.test(header)) return undefined;
  return seconds(Math.min(3600, Number(header)));
}

function codeOf(status: number, task: OwnerTask, message: string): ErrorCode {
  if (status === 401) return "cloud.key-refused";
  if (status === 403) return "cloud.role-refused";
  if (status === 404) return ROOTS.includes(task) ? "cloud.endpoint-unknown" : "cloud.not-found";
  if (status === 409 && task === "queue") return "cloud.queue-full";
  if (status === 409) return "cloud.conflict";
  if (status === 413) return "cloud.too-large";
  if (status === 429) return "cloud.too-many-requests";
  if (status >= 500) return "cloud.unavailable";
  if (
    (status === 400 || status === 422) &&
    WITH_TOKEN.includes(task) &&
    /token|attest|signature|identity/i.test(message)
  )
    return "cloud.token-refused";
  if (status === 400 && task === "queue" && /\b(?:limit|at most|too many|maximum|full)\b/i.test(message))
    return "cloud.queue-full";
  return status >= 400 ? "cloud.refused" : "cloud.bad-answer";
}

function sentenceOf(status: number): string {
  if (status >= 500) return "the service cannot answer";
  return status >= 400 ? "the service refused the request" : "the service answered with an unexpected status";
}

const MESSAGE_LIMIT = 300;

/** What the service says went wrong: `message` of its JSON answer, or of its first error. */
function messageOf(answer: OwnerAnswer): string | undefined {
  if (answer.body.length === 0 || answer.body.length > 65_536) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8").decode(answer.body));
    return isObject(value) ? textIn(value) : undefined;
  } catch {
    return undefined;
  }
}

function textIn(value: Readonly<Record<string, unknown>>): string | undefined {
  const { message, error, errors } = value;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  for (const candidate of [message, error, first, isObject(error) ? error["message"] : undefined]) {
    if (typeof candidate === "string" && candidate !== "") return shown(candidate, MESSAGE_LIMIT);
  }
  return isObject(first) && typeof first["message"] === "string" ? shown(first["message"], MESSAGE_LIMIT) : undefined;
}
