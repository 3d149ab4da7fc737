import type { IncomingMessage } from "node:http";
import {
  ClaimRequestSchema,
  ProvisioningCommandSchema,
  ProvisioningRuleSchema,
  ProvisioningTagSchema,
} from "../contract/owner-api.ts";
import { mediaType, readText, type Answer } from "./http-message.ts";
import { isEncoded, json, parsed, problem, type OwnerCall, type OwnerRoute } from "./owner-route.ts";
import { pageOf } from "./page-request.ts";

/** Bytes of a bulk claim: 1000 rows of a token and its tags. */
const CSV_LIMIT = 1_048_576;

/** The provisioning API: claims, queues, rules and tags (peers.md 4.1). */
export const PROVISIONING_ROUTES: readonly OwnerRoute[] = [
  {
    path: /^\/v1\/claimed-devices$/,
    methods: { GET: ({ api, target }) => json(200, api.devices(pageOf(target))), POST: claim },
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
    path: /^\/v1\/provisioning-rules\/([^/]+)$/,
    methods: {
      DELETE: ({ api, names: [id = ""] }) => {
        api.removeRule(id);
        return { status: 204 };
      },
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

async function claim({ api, request, target }: OwnerCall): Promise<Answer> {
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
  if (isEncoded(request)) return false;
  const misspelt = request.headers["contenttype"];
  const type = mediaType(request);
  return type === "text/csv" || (type !== "application/json" && /^text\/csv\b/i.test(String(misspelt ?? "")));
}
