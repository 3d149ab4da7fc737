import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { parseDeviceUuid, type DeviceUuid } from "../core/ids.ts";
import type { OwnerAnswer } from "./owner-api.ts";
import { refusal, type OwnerTask } from "./owner-refusal.ts";
import { isObject, shown } from "./remote-value.ts";

/** The largest answer that is read, in bytes; longer ones are refused unread. */
export const ANSWER_LIMIT = 1_048_576;

/** The state of a command at the owner's side: `waiting` for PENDING and IN_PROGRESS, everything else is final (peers.md 4.1). */
export type CommandState = {
  readonly id: string;
  readonly state: "waiting" | "succeeded" | "failed";
  /** The service's own word, cleaned of control characters. */
  readonly status: string;
  /** What the command asks for, by the owner API's name, where the service tells it. */
  readonly kind?: string;
  /** What its owner wrote beside it, where the service tells it. */
  readonly description?: string;
  /** What the service tells about a failure, where it does. */
  readonly message?: string;
  /** The token of the key that a command made, two base64url parts (protocol.md 7.3), where the service tells it; never shown. */
  readonly keyToken?: string;
};

/** A unit as the owner's side knows it. */
export type ClaimedUnit = { readonly uuid: DeviceUuid; readonly tags: readonly string[] };

/**
 * The unit of a claim's answer, 200 or 201; undefined where the service tells no id.
 * @throws StationError cloud.* for every other status or an unreadable body
 */
export function parseClaim(answer: OwnerAnswer): ClaimedUnit | undefined {
  expectStatus(answer, "claim", [200, 201]);
  return unitOf(jsonObject(answer, "claim"));
}

/** Passes when a dry run says that the unit can be claimed. @throws StationError cloud.* as {@link parseClaim} */
export function parseDryRun(answer: OwnerAnswer): void {
  expectStatus(answer, "dry-run", [200, 201, 202, 204]);
}

/** The unit, or undefined when it is not ours (403 or 404). @throws StationError cloud.* */
export function parseUnit(answer: OwnerAnswer): ClaimedUnit | undefined {
  if (answer.status === 404 || answer.status === 403) return undefined;
  expectStatus(answer, "read-unit", [200]);
  return unitOf(jsonObject(answer, "read-unit"));
}

/** Passes when the unit or command is gone: 200, 204, or 404 as it was not there. @throws StationError cloud.* */
export function parseRemoval(answer: OwnerAnswer): void {
  if (answer.status !== 404) expectStatus(answer, "remove", [200, 202, 204]);
}

/** The id of a queued command. @throws StationError cloud.* */
export function parseQueued(answer: OwnerAnswer): string {
  expectStatus(answer, "queue", [200, 201]);
  const { id } = jsonObject(answer, "queue");
  if (typeof id === "string" && id.length > 0 && id.length <= 128) return id;
  throw unreadable(answer, "queue", "names no id of at most 128 characters");
}

/** The state of one command. @throws StationError cloud.* */
export function parseCommand(answer: OwnerAnswer, id: string): CommandState {
  expectStatus(answer, "read-command", [200]);
  const state = stateOf({ ...jsonObject(answer, "read-command"), id });
  if (state !== undefined) return state;
  throw unreadable(answer, "read-command", "names no status");
}

/** The states of all commands of a unit, as many as the service lists. @throws StationError cloud.* */
export function parseCommands(answer: OwnerAnswer): readonly CommandState[] {
  expectStatus(answer, "list-commands", [200]);
  return listIn(answer, "list-commands").flatMap((item) => stateOf(item) ?? []);
}

/** A provisioning rule of the owner's account. */
export type OwnerRule = {
  readonly name: string;
  readonly active: boolean;
  readonly tags: readonly string[];
  /** Kinds of its commands, by the owner API's names. */
  readonly kinds: readonly string[];
};

/** The account's provisioning rules. A rule that does not say so counts as active. @throws StationError cloud.* */
export function parseRules(answer: OwnerAnswer): readonly OwnerRule[] {
  expectStatus(answer, "read-rules", [200]);
  return listIn(answer, "read-rules").flatMap((item) => ruleOf(item) ?? []);
}

/** What a bulk claim answers: the units claimed now, and what the service says about others, by device UUID where it tells it. */
export type BulkAnswer = { readonly claimed: readonly DeviceUuid[]; readonly reasons: ReadonlyMap<string, string> };

/** The answer to a bulk claim (peers.md 4.1). What it does not name was not claimed. @throws StationError cloud.* */
export function parseBulkClaim(answer: OwnerAnswer): BulkAnswer {
  expectStatus(answer, "bulk-claim", [200, 201, 207]);
  const { claimedIds, failed } = jsonObject(answer, "bulk-claim");
  const ids: readonly unknown[] = Array.isArray(claimedIds) ? claimedIds : [];
  const losses: readonly unknown[] = Array.isArray(failed) ? failed : [];
  return {
    claimed: ids.flatMap((id) => (typeof id === "string" ? (parseDeviceUuid(id) ?? []) : [])),
    reasons: new Map(losses.flatMap((loss) => (isObject(loss) ? reasonOf(loss) : []))),
  };
}

function reasonOf({ id, message, error }: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  const text = [message, error].find((candidate) => typeof candidate === "string");
  return typeof id === "string" && text !== undefined ? [[id.toLowerCase(), shown(text, 300)]] : [];
}

function ruleOf({ name, active, tags, commands }: Readonly<Record<string, unknown>>): OwnerRule | undefined {
  if (typeof name !== "string") return undefined;
  const list: readonly unknown[] = Array.isArray(commands) ? commands : [];
  return {
    name,
    active: active !== false,
    tags: Array.isArray(tags) ? tags.filter((tag: unknown) => typeof tag === "string") : [],
    kinds: list.map((command) => (isObject(command) ? (orderOf(command).kind ?? "") : "")),
  };
}

function listIn(answer: OwnerAnswer, task: OwnerTask): readonly Readonly<Record<string, unknown>>[] {
  const value = json(answer, task);
  const items = Array.isArray(value) ? value : isObject(value) ? value["items"] : undefined;
  if (!Array.isArray(items)) throw unreadable(answer, task, "holds no list");
  return items.filter(isObject);
}

function expectStatus(answer: OwnerAnswer, task: OwnerTask, good: readonly number[]): void {
  if (!good.includes(answer.status)) throw refusal(answer, task);
}

function stateOf(item: Readonly<Record<string, unknown>>): CommandState | undefined {
  const { id, status, response } = item;
  if (typeof id !== "string" || typeof status !== "string") return undefined;
  const word = shown(status, 64);
  const state = meaningOf(word);
  const message = state === "failed" && isObject(response) ? failureText(response) : undefined;
  const keyToken = state === "succeeded" && isObject(response) ? tokenOf(response) : undefined;
  return {
    ...{ id: id.slice(0, 128), state, status: word },
    ...orderOf(item),
    ...(message === undefined ? {} : { message }),
    ...(keyToken === undefined ? {} : { keyToken }),
  };
}

/** Kind and description of a command, as it was ordered. */
function orderOf({ request, description }: Readonly<Record<string, unknown>>): {
  readonly kind?: string;
  readonly description?: string;
} {
  const [kind] = isObject(request) ? Object.keys(request) : [];
  return {
    ...(kind === undefined ? {} : { kind: shown(kind, 64) }),
    ...(typeof description === "string" ? { description: shown(description, 256) } : {}),
  };
}

function meaningOf(status: string): CommandState["state"] {
  if (status === "PENDING" || status === "IN_PROGRESS") return "waiting";
  return status === "SUCCEEDED" ? "succeeded" : "failed";
}

/**
 * What a failed command's response tells: `reason`, `error` or `message` of the response or of its one part, named after the
 * command's kind. A modem's answer may be among them: it is asked for failed commands only, whose answers hold no tokens.
 */
function failureText(response: Readonly<Record<string, unknown>>): string | undefined {
  const parts = [response, ...Object.values(response).filter(isObject)];
  for (const name of ["reason", "error", "message"])
    for (const part of parts) {
      const text = part[name];
      if (typeof text === "string" && text !== "") return shown(text, 256);
    }
  return undefined;
}

const KEY_TOKEN = /^(?:%KEYGEN: ?")?([A-Za-z0-9_-]{16,8192}\.[A-Za-z0-9_-]{16,8192})(?:"(?:\r?\nOK)?(?:\r?\n)?)?$/;

/** `csr`, `publicKey` or `message` of the response or of its one part, where it has the form of a KEYGEN token (peers.md 4.1). */
function tokenOf(response: Readonly<Record<string, unknown>>): string | undefined {
  const parts = [response, ...Object.values(response).filter(isObject)];
  for (const name of ["csr", "publicKey", "message"])
    for (const part of parts) {
      const text = part[name];
      const token = typeof text === "string" ? KEY_TOKEN.exec(text)?.[1] : undefined;
      if (token !== undefined) return token;
    }
  return undefined;
}

function unitOf(value: Readonly<Record<string, unknown>>): ClaimedUnit | undefined {
  const { id, tags } = value;
  const uuid = typeof id === "string" ? parseDeviceUuid(id) : undefined;
  if (uuid === undefined) return undefined;
  return { uuid, tags: Array.isArray(tags) ? tags.filter((tag: unknown) => typeof tag === "string") : [] };
}

function jsonObject(answer: OwnerAnswer, task: OwnerTask): Readonly<Record<string, unknown>> {
  const value = json(answer, task);
  if (isObject(value)) return value;
  throw unreadable(answer, task, "is no JSON object");
}

function json(answer: OwnerAnswer, task: OwnerTask): unknown {
  if (answer.body.length > ANSWER_LIMIT) throw unreadable(answer, task, "is too long");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(answer.body));
  } catch (cause) {
    throw unreadable(answer, task, "is no JSON text", cause);
  }
}

function unreadable(answer: OwnerAnswer, task: OwnerTask, what: string, cause?: unknown): StationError {
  const { status, body } = answer;
  const facts = { task, status, size: quantity(body.length, "bytes"), limit: quantity(ANSWER_LIMIT, "bytes") };
  return new StationError(
    "cloud.bad-answer",
    `the service's answer ${what}`,
    facts,
    cause === undefined ? {} : { cause },
  );
}
