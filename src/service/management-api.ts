import { createHash, X509Certificate } from "node:crypto";
import { OnboardingRowSchema, type DeviceStatePatch, type TokenOnboarding } from "../contract/owner-devices.ts";
import type { OwnerRole } from "../contract/owner-api.ts";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { BulkOperationStore } from "./bulk-operation-store.ts";
import type { CloudDevice, CloudDeviceStore, NewCloudDevice } from "./cloud-device-store.ts";
import { csvRows } from "./csv-rows.ts";
import { atomically, type ServiceDatabase } from "./database.ts";
import { isOnboardingToken } from "./onboarding-token.ts";
import type { PageRequest } from "./page-request.ts";
import type { RequestRecord } from "./request-record.ts";
import type { TeamStore } from "./team-store.ts";
import { inTurns } from "./turns.ts";

/** The parts that {@link ManagementApi} works on. */
export type ManagementParts = {
  readonly database: ServiceDatabase;
  readonly devices: CloudDeviceStore;
  readonly operations: BulkOperationStore;
  readonly teams: TeamStore;
  readonly clock: Clock;
};

/** Who asks, and at which origin: addresses in answers lead there. */
export type Asking = { readonly team: number; readonly role: OwnerRole; readonly origin: string };

/** A page of the devices that take these types of firmware, or the devices of these ids. */
export type DeviceQuery = PageRequest & {
  readonly order: "asc" | "desc";
  readonly ids: readonly string[];
  readonly supports: readonly string[];
};

const LONGEST_ROW = 16_384;
const LONGEST_STATE = 65_536;
const IDS_LIMIT = 100;

/**
 * The device-management API as one team sees it, as far as onboarding needs it (peers.md 4.2). An onboarding is done when it is
 * answered: its operation is never seen PENDING, and no power cut leaves one half done.
 */
export class ManagementApi {
  readonly #parts: ManagementParts;
  readonly #asking: Asking;

  constructor(parts: ManagementParts, asking: Asking) {
    this.#parts = parts;
    this.#asking = asking;
  }

  /**
   * Onboards the devices of a CSV text; every row by itself, all of them and the operation's result in one transaction.
   * @throws StationError service.bad-request when the text is no CSV, service.too-large beyond 1000 rows
   */
  async onboard(csv: string): Promise<RequestRecord> {
    const { clock, database, devices, operations } = this.#parts;
    const { team } = this.#asking;
    const requestedAt = clock.now();
    const checked: (NewCloudDevice | string)[] = [];
    const check = (fields: readonly string[]): void => void checked.push(deviceOf(fields));
    await inTurns(clock, csvRows(csv, LONGEST_ROW), (piece) => piece(), check);
    const id = atomically(database, () => {
      const errors = checked.flatMap((device, index) => {
        const error = typeof device === "string" ? device : devices.onboard(team, device);
        return error === undefined ? [] : [`[${index}]: ${error}`];
      });
      return operations.add(team, { endpoint: "PROVISION_DEVICES", requestedAt, upload: csv, errors });
    });
    return { bulkOpsRequestId: id };
  }

  /**
   * Onboards one device by a registration token of its own.
   * @throws StationError service.bad-request, service.conflict when the id is taken
   */
  onboardByToken(
    id: string,
    { onboardingToken, subType, tags, supportedFirmwareTypes }: TokenOnboarding,
  ): RequestRecord {
    if (!isOnboardingToken(onboardingToken))
      throw new StationError("service.bad-request", "onboardingToken: not a token signed with ES256");
    const device = { id, subType, tags, firmwareTypes: supportedFirmwareTypes, certificateSha256: undefined };
    const error = atomically(this.#parts.database, () => this.#parts.devices.onboard(this.#asking.team, device));
    if (error !== undefined) throw new StationError("service.conflict", error);
    return this.device(id);
  }

  /** How a bulk operation ended; every value is a text, as the vendor's scripts join them. @throws StationError service.not-found */
  operation(id: string): RequestRecord {
    const found = this.#parts.operations.find(this.#asking.team, id);
    if (found === undefined) throw notFound("bulk operation", id);
    const { endpoint, status, requestedAt, completedAt, file } = found;
    const address = `${this.#asking.origin}/v1/bulk-ops-files/${file}`;
    return {
      bulkOpsRequestId: found.id,
      ...{ status, endpoint, requestedAt, completedAt, uploadedDataUrl: `${address}.csv` },
      ...(status === "FAILED" ? { errorSummaryUrl: `${address}.json` } : {}),
    };
  }

  /** @throws StationError service.not-found */
  device(id: string): RequestRecord {
    return shown(this.#device(id));
  }

  /** A page of the devices; `pageNextToken` is given where more follow. */
  list({ after, count, order, ids, supports }: DeviceQuery): RequestRecord {
    const { devices, teams } = this.#parts;
    const { team } = this.#asking;
    if (ids.length > 0) {
      const known = ids.slice(0, IDS_LIMIT).flatMap((id) => devices.device(team, id) ?? []);
      const items = known.filter(({ firmwareTypes }) => supports.every((type) => firmwareTypes.includes(type)));
      return { items: items.map(shown), total: items.length };
    }
    const found = devices.list(team, order, after, count + 1, supports);
    const items = found.slice(0, count);
    const last = found.length > count ? items.at(-1)?.id : undefined;
    const total = supports.length === 0 ? teams.team(team).onboarded : devices.count(team, supports);
    return { items: items.map(shown), total, ...(last === undefined ? {} : { pageNextToken: last }) };
  }

  /** @throws StationError service.not-found */
  remove(id: string): void {
    if (!atomically(this.#parts.database, () => this.#parts.devices.remove(this.#asking.team, id)))
      throw notFound("device", id);
  }

  /** @throws StationError service.not-found */
  rename(id: string, name: string): void {
    if (!atomically(this.#parts.database, () => this.#parts.devices.rename(this.#asking.team, id, name)))
      throw notFound("device", id);
  }

  /** Changes what the device reported or is to become. @throws StationError service.not-found, service.too-large */
  patchState(id: string, patch: DeviceStatePatch): void {
    atomically(this.#parts.database, () => {
      const length = this.#parts.devices.patchState(this.#asking.team, id, JSON.stringify(patch));
      if (length === undefined) throw notFound("device", id);
      if (length > LONGEST_STATE)
        throw new StationError("service.too-large", "the device's state would become too large", {
          limit: quantity(LONGEST_STATE, "characters"),
        });
    });
  }

  account(): RequestRecord {
    const { tenant, name } = this.#parts.teams.team(this.#asking.team);
    return { team: { tenantId: tenant, name }, role: this.#asking.role };
  }

  #device(id: string): CloudDevice {
    const device = this.#parts.devices.device(this.#asking.team, id);
    if (device === undefined) throw notFound("device", id);
    return device;
  }
}

function notFound(what: string, id: string): StationError {
  return new StationError("service.not-found", `there is no such ${what}`, { id: id.slice(0, 64) });
}

/** The device of a row, or what is wrong with the row. */
function deviceOf(fields: readonly string[]): NewCloudDevice | string {
  const row = OnboardingRowSchema.safeParse(fields);
  if (!row.success) {
    const [issue] = row.error.issues;
    const names = ["device id", "sub type", "tags", "firmware types", "certificate"];
    const name = names[Number(issue?.path[0])];
    return name === undefined ? `the row must have ${names.length} fields` : `${name}: ${issue?.message ?? "wrong"}`;
  }
  const [id, subType, tags, firmwareTypes, pem] = row.data;
  const certificateSha256 = certificateDigest(pem);
  if (certificateSha256 === undefined) return "certificate: must be for a key of the curve P-256";
  return { id, subType, tags, firmwareTypes, certificateSha256 };
}

function certificateDigest(pem: string): string | undefined {
  try {
    const { raw, publicKey } = new X509Certificate(pem);
    if (publicKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") return undefined;
    return createHash("sha256").update(raw).digest("hex");
  } catch {
    return undefined;
  }
}

function shown(device: CloudDevice): RequestRecord {
  const { id, subType, tags, firmwareTypes, name = id, version, createdAt } = device;
  const { reported = {}, desired = {} } = JSON.parse(device.state) as StoredState;
  const { modemFirmware } = reported.device?.deviceInfo ?? {};
  const firmware = { supports: firmwareTypes, ...(typeof modemFirmware === "string" ? { modem: modemFirmware } : {}) };
  const type = /gateway/i.test(subType) ? "Gateway" : "Generic";
  return { id, name, type, subType, tags, firmware, state: { reported, desired, version }, createdAt };
}

/** What the state may hold; its values are whatever was sent. */
type StoredState = {
  readonly reported?: {
    readonly device?: { readonly deviceInfo?: { readonly modemFirmware?: unknown } | null } | null;
  };
  readonly desired?: object;
};
