import type { IncomingMessage } from "node:http";
import { StationError } from "../core/error.ts";
import { mediaType, readText, type Answer, type Target } from "./http-message.ts";
import type { ManagementApi } from "./management-api.ts";
import type { OwnerApi } from "./owner-api.ts";

/** One request of an owner, with the APIs as the key's team sees them. */
export type OwnerCall = {
  readonly api: OwnerApi;
  readonly management: ManagementApi;
  readonly request: IncomingMessage;
  readonly target: Target;
  /** What the path's placeholders stand for. */
  readonly names: readonly string[];
};

/** A path of the owner side and what its methods do. */
export type OwnerRoute = {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, (call: OwnerCall) => Answer | Promise<Answer>>>;
};

/** Bytes of a JSON body: a rule with 20 certificate chains fits. */
const JSON_LIMIT = 262_144;
const ISSUES_SHOWN = 5;

/** A schema of the contract, as much of it as is used here. */
type BodySchema<Value> = {
  readonly safeParse: (
    body: unknown,
  ) =>
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
};

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/**
 * The JSON body of a request.
 * @throws StationError service.media-type, service.bad-request naming the fields, service.too-large
 */
export async function parsed<Value>(request: IncomingMessage, schema: BodySchema<Value>): Promise<Value> {
  if (mediaType(request) !== "application/json" || isEncoded(request))
    throw new StationError("service.media-type", "the body must be application/json");
  const result = schema.safeParse(jsonOf(await readText(request, JSON_LIMIT)));
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, ISSUES_SHOWN);
  const told = issues.map(({ path, message }) => `${path.map(String).join(".") || "body"}: ${message}`);
  throw new StationError("service.bad-request", told.join("; ").slice(0, 1000));
}

/** Whether the body is compressed, which no side takes. */
export function isEncoded(request: IncomingMessage): boolean {
  return request.headers["content-encoding"] !== undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold keys.
    throw new StationError("service.bad-request", "the body is not JSON");
  }
}

/** Headers of a JSON answer. */
export const JSON_TYPE = { "Content-Type": "application/json" } as const;

/** An answer with a JSON body. */
export function json(status: number, value: object): Answer {
  return { status, headers: JSON_TYPE, body: new TextEncoder().encode(JSON.stringify(value)) };
}

/** A refusal, as every one of the owner side looks: JSON with a `message`. */
export function problem(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const answer = json(status, { message });
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
