import {
  DeviceIdSchema,
  DeviceNameSchema,
  DeviceStatePatchSchema,
  TokenOnboardingSchema,
} from "../contract/owner-devices.ts";
import { StationError } from "../core/error.ts";
import { mediaType, readText, type Answer } from "./http-message.ts";
import { isEncoded, json, parsed, type OwnerCall, type OwnerRoute } from "./owner-route.ts";
import { first, pageOf } from "./page-request.ts";

/** Bytes of an onboarding: 1000 rows with a certificate each. */
const CSV_LIMIT = 4_194_304;
/** What the vendor's scripts and others call the CSV text of an onboarding; no type at all is meant as well. */
const CSV_TYPES: readonly string[] = ["text/csv", "text/plain", "application/octet-stream", ""];

/** The device-management API, as far as onboarding needs it (peers.md 4.2). */
export const MANAGEMENT_ROUTES: readonly OwnerRoute[] = [
  { path: /^\/v1\/account$/, methods: { GET: ({ management }) => json(200, management.account()) } },
  { path: /^\/v1\/devices$/, methods: { GET: list, POST: onboard } },
  {
    path: /^\/v1\/devices\/([^/]+)$/,
    methods: {
      GET: ({ management, names: [id = ""] }) => json(200, management.device(id)),
      POST: async ({ management, request, names: [id = ""] }) => {
        if (!DeviceIdSchema.safeParse(id).success)
          throw new StationError("service.bad-request", "the device id must be 1 to 128 letters or digits or :_-");
        return json(201, management.onboardByToken(id, await parsed(request, TokenOnboardingSchema)));
      },
      DELETE: ({ management, names: [id = ""] }) => {
        management.remove(id);
        return { status: 204 };
      },
    },
  },
  {
    path: /^\/v1\/devices\/([^/]+)\/state$/,
    methods: {
      PATCH: async ({ management, request, names: [id = ""] }) => {
        management.patchState(id, await parsed(request, DeviceStatePatchSchema));
        return { status: 202 };
      },
    },
  },
  {
    path: /^\/v1\/devices\/([^/]+)\/name$/,
    methods: {
      PUT: async ({ management, request, names: [id = ""] }) => {
        management.rename(id, await parsed(request, DeviceNameSchema));
        return { status: 202 };
      },
    },
  },
  {
    path: /^\/v1\/bulk-ops-requests\/([^/]+)$/,
    methods: { GET: ({ management, names: [id = ""] }) => json(200, management.operation(id)) },
  },
  // There are no firmware images here, and scripts that update firmware say so when they are told.
  { path: /^\/v1\/firmwares$/, methods: { GET: () => json(200, { items: [], total: 0 }) } },
];

function list({ management, target }: OwnerCall): Answer {
  const order = first(target.parameters, "pageSort") === "desc" ? "desc" : "asc";
  const ids = first(target.parameters, "deviceIds").split(",").filter(Boolean);
  const supports = target.parameters.flatMap(([name, value]) => (name === "firmwareSupport" ? [value] : []));
  return json(200, management.list({ ...pageOf(target), order, ids, supports }));
}

async function onboard({ management, request }: OwnerCall): Promise<Answer> {
  if (!CSV_TYPES.includes(mediaType(request)) || isEncoded(request))
    throw new StationError("service.media-type", "the body must be CSV, as text/csv or text/plain");
  return json(202, await management.onboard(await readText(request, CSV_LIMIT)));
}
