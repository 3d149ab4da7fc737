import type { IncomingMessage } from "node:http";
import { asStationError, type StationError } from "../core/error.ts";
import { formatFact } from "../core/fact.ts";
import { bearer, type Answer, type Target } from "./http-message.ts";
import type { ManagementApi } from "./management-api.ts";
import { MANAGEMENT_ROUTES } from "./management-routes.ts";
import type { OwnerApi } from "./owner-api.ts";
import type { KeyHolder } from "./owner-key.ts";
import { problem, type OwnerRoute } from "./owner-route.ts";
import { PROVISIONING_ROUTES } from "./provisioning-routes.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What the owner side needs. */
export type OwnerHttpParts = {
  /** Whose API key a text is. */
  readonly holder: (key: string) => KeyHolder | undefined;
  readonly limit: RateLimit | undefined;
  /** The APIs as a key's holder sees them. */
  readonly apis: (holder: KeyHolder, origin: string) => { readonly api: OwnerApi; readonly management: ManagementApi };
  /** The text of a file of a bulk operation, by the secret name that its address holds. */
  readonly file: (name: string) => { readonly type: string; readonly text: string } | undefined;
  readonly onError: (error: StationError) => void;
};

const ROUTES: readonly OwnerRoute[] = [...PROVISIONING_ROUTES, ...MANAGEMENT_ROUTES];
const FILE = /^\/v1\/bulk-ops-files\/([0-9a-f]{32}\.(?:json|csv))$/;

/** The owner side over HTTP (peers.md 4.1, 4.2). Every refusal is JSON with a `message`. Never throws. */
export async function answerOwner(parts: OwnerHttpParts, request: IncomingMessage, target: Target): Promise<Answer> {
  try {
    const file = FILE.exec(target.path)?.[1];
    // The vendor's scripts fetch these without a key: whoever was told the name may read the file.
    if (file !== undefined && request.method === "GET") return fileAnswer(parts.file(file));
    const key = bearer(request);
    const holder = key === undefined ? undefined : parts.holder(key);
    if (holder === undefined)
      return problem(401, "an API key is needed: Authorization: Bearer KEY", { "WWW-Authenticate": "Bearer" });
    const wait = parts.limit?.take(holder.key);
    if (wait !== undefined)
      return problem(429, "too many requests: try again later", { "Retry-After": String(Math.ceil(wait / 1000)) });
    return await route(parts, holder, request, target);
  } catch (error) {
    const known = asStationError(error);
    parts.onError(known);
    return refusal(known);
  }
}

async function route(
  parts: OwnerHttpParts,
  holder: KeyHolder,
  request: IncomingMessage,
  target: Target,
): Promise<Answer> {
  for (const { path, methods } of ROUTES) {
    const found = path.exec(target.path);
    if (found === null) continue;
    const method = request.method ?? "";
    const handle = Object.hasOwn(methods, method) ? methods[method] : undefined;
    const allowed = Object.keys(methods).join(", ");
    if (handle === undefined) return problem(405, `allowed: ${allowed}`, { Allow: allowed });
    if (method !== "GET" && holder.role === "viewer") return problem(403, "a viewer's API key may only read");
    return handle({
      ...parts.apis(holder, originOf(request)),
      request,
      target,
      names: found.slice(1).map(unescaped),
    });
  }
  return problem(404, "there is no such path");
}

function fileAnswer(file: { readonly type: string; readonly text: string } | undefined): Answer {
  if (file === undefined) return problem(404, "there is no such file");
  return { status: 200, headers: { "Content-Type": file.type }, body: new TextEncoder().encode(file.text) };
}

/** Where the client reached the service; empty when its Host header is none. */
function originOf({ headers: { host = "" } }: IncomingMessage): string {
  return /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/.test(host) ? `https://${host}` : "";
}

function refusal(error: StationError): Answer {
  const facts = Object.entries(error.facts).map(([name, fact]) => `${name} ${formatFact(fact)}`);
  return problem(statusOf(error), facts.length === 0 ? error.message : `${error.message} (${facts.join(", ")})`);
}

function statusOf({ code }: StationError): number {
  switch (code) {
    case "service.bad-request":
      return 400;
    case "service.not-found":
      return 404;
    case "service.conflict":
      return 409;
    case "service.too-large":
      return 413;
    case "service.media-type":
      return 415;
    default:
      return 500;
  }
}

function unescaped(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? "");
  } catch {
    return text ?? "";
  }
}
