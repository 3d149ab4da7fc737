import type { IncomingMessage } from "node:http";
import {
  ClaimRequestSchema,
  ProvisioningCommandSchema,
  ProvisioningRuleSchema,
  ProvisioningTagSchema,
} from "../contract/owner-api.ts";
import { asStationError, StationError } from "../core/error.ts";
import { formatFact } from "../core/fact.ts";
import { bearer, mediaType, readText, type Answer, type Target } from "./http-message.ts";
import type { OwnerApi } from "./owner-api.ts";

/** Bytes of a JSON body: a rule with 20 certificate chains fits. */
const JSON_LIMIT = 262_144;
/** Bytes of a bulk claim: 1000 rows of a token and its tags. */
const CSV_LIMIT = 1_048_576;
const ISSUES_SHOWN = 5;
const PAGE = { usual: 50, most: 500 } as const;

type Call = {
  readonly api: OwnerApi;
  readonly request: IncomingMessage;
  readonly target: Target;
  /** What the path's placeholders stand for. */
  readonly names: readonly string[];
};

type Route = {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, (call: Call) => Answer | Promise<Answer>>>;
};

const ROUTES: readonly Route[] = [
  {
    path: /^\/v1\/claimed-devices$/,
    methods: { GET: ({ api, target }) => json(200, listDevices(api, target)), POST: claim },
  },
  {
    path: /^\/v1\/claimed-devices\/([^/]+)$/,
    methods: {
      GET: ({ api, names: [uuid = ""] }) => json(200, api.device(uuid)),
      DELETE: ({ api, names: [uuid = ""] }) => {
        api.unclaim(uuid);
        return { status: 204 };
      },
    },
  },
  {
    path: /^\/v1\/claimed-devices\/([^/]+)\/provisioning$/,
    methods: {
      GET: ({ api, names: [uuid = ""] }) => json(200, api.commands(uuid)),
      POST: async ({ api, request, names: [uuid = ""] }) =>
        json(201, api.addCommand(uuid, await parsed(request, ProvisioningCommandSchema))),
    },
  },
  {
    path: /^\/v1\/claimed-devices\/([^/]+)\/provisioning\/([^/]+)$/,
    methods: {
      GET: ({ api, names: [uuid = "", id = ""] }) => json(200, api.command(uuid, id)),
      DELETE: ({ api, names: [uuid = "", id = ""] }) => {
        api.discard(uuid, id);
        return { status: 204 };
      },
    },
  },
  {
    path: /^\/v1\/provisioning-rules$/,
    methods: {
      GET: ({ api }) => json(200, api.rules()),
      POST: async ({ api, request }) => json(201, api.addRule(await parsed(request, ProvisioningRuleSchema))),
    },
  },
  {
    path: /^\/v1\/provisioning\/tags$/,
    methods: {
      GET: ({ api }) => json(200, api.tags()),
      POST: async ({ api, request }) => json(201, api.addTag(await parsed(request, ProvisioningTagSchema))),
    },
  },
];

/**
 * The owner side over HTTP (peers.md 4.1). Every refusal is JSON with a `message`. Never throws.
 * @param accepts whether a text is an API key
 */
export async function answerOwner(
  api: OwnerApi,
  accepts: (key: string) => boolean,
  request: IncomingMessage,
  target: Target,
  onError: (error: StationError) => void,
): Promise<Answer> {
  try {
    const key = bearer(request);
    if (key === undefined || !accepts(key))
      return {
        ...problem(401, "an API key is needed: Authorization: Bearer KEY"),
        headers: { ...JSON_TYPE, "WWW-Authenticate": "Bearer" },
      };
    return await route(api, request, target);
  } catch (error) {
    const known = asStationError(error);
    onError(known);
    return refusal(known);
  }
}

async function route(api: OwnerApi, request: IncomingMessage, target: Target): Promise<Answer> {
  for (const { path, methods } of ROUTES) {
    const found = path.exec(target.path);
    if (found === null) continue;
    const method = request.method ?? "";
    const handle = Object.hasOwn(methods, method) ? methods[method] : undefined;
    const allowed = Object.keys(methods).join(", ");
    if (handle === undefined)
      return { ...problem(405, `allowed: ${allowed}`), headers: { ...JSON_TYPE, Allow: allowed } };
    return handle({ api, request, target, names: found.slice(1).map(unescaped) });
  }
  return problem(404, "there is no such path");
}

async function claim({ api, request, target }: Call): Promise<Answer> {
  const dryRun = target.parameters.some(([name, value]) => name === "dryrun" && value === "true");
  if (isCsv(request)) {
    if (dryRun) return problem(400, "a dry run takes one claim as JSON");
    const answer = await api.claimAll(await readText(request, CSV_LIMIT));
    return json(answer.claimedIds.length > 0 ? 201 : 200, answer);
  }
  const claimRequest = await parsed(request, ClaimRequestSchema);
  if (!dryRun) return json(201, api.claim(claimRequest));
  api.dryRun(claimRequest);
  return json(202, {});
}

/** The vendor's scripts misspell the header's name (peers.md 4.1). */
function isCsv(request: IncomingMessage): boolean {
  const misspelt = request.headers["contenttype"];
  const type = mediaType(request);
  return type === "text/csv" || (type !== "application/json" && /^text\/csv\b/i.test(String(misspelt ?? "")));
}

function listDevices(api: OwnerApi, { parameters }: Target): object {
  const first = (name: string): string => parameters.find(([key]) => key === name)?.[1] ?? "";
  const limit = first("pageLimit");
  const count = /^\d{1,4}$/.test(limit) ? Math.min(Math.max(Number(limit), 1), PAGE.most) : PAGE.usual;
  return api.devices(first("pageNextToken"), count);
}

/** A schema of the contract, as much of it as is used here. */
type BodySchema<Value> = {
  readonly safeParse: (
    body: unknown,
  ) =>
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
};

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

async function parsed<Value>(request: IncomingMessage, schema: BodySchema<Value>): Promise<Value> {
  if (mediaType(request) !== "application/json" || request.headers["content-encoding"] !== undefined)
    throw new StationError("service.media-type", "the body must be application/json");
  const result = schema.safeParse(jsonOf(await readText(request, JSON_LIMIT)));
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, ISSUES_SHOWN);
  const told = issues.map(({ path, message }) => `${path.map(String).join(".") || "body"}: ${message}`);
  throw new StationError("service.bad-request", told.join("; ").slice(0, 1000));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold keys.
    throw new StationError("service.bad-request", "the body is not JSON");
  }
}

const JSON_TYPE = { "Content-Type": "application/json" } as const;

function json(status: number, value: object): Answer {
  return { status, headers: JSON_TYPE, body: new TextEncoder().encode(JSON.stringify(value)) };
}

function problem(status: number, message: string): Answer {
  return json(status, { message });
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
