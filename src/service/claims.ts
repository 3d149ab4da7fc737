import type { Clock } from "../core/clock.ts";
import { OwnerTagSchema, TAGS_LIMIT, tagsOf, type ClaimRequest } from "../contract/owner-api.ts";
import { asStationError, StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { parseAttestationToken, type AttestationToken } from "../provisioning/attestation-token.ts";
import { csvRows } from "./csv-rows.ts";
import { atomically, type ServiceDatabase } from "./database.ts";
import type { DeviceIdentity } from "./device-identity.ts";
import type { Attestation, ClaimedDevice, DeviceStore } from "./device-store.ts";
import type { OrderBook } from "./order-book.ts";
import { inTurns } from "./turns.ts";

/** What a bulk claim answers: the UUIDs claimed, and the rows (1 is the first) that were not, with the reason. */
export type BulkClaim = {
  readonly claimedIds: readonly string[];
  readonly failed: readonly { readonly row: number; readonly id?: string; readonly message: string }[];
};

const LONGEST_ROW = 8192;

/** The parts that {@link Claims} works on. */
export type ClaimParts = {
  readonly database: ServiceDatabase;
  readonly devices: DeviceStore;
  readonly identity: DeviceIdentity;
  readonly orders: OrderBook;
  readonly clock: Clock;
};

/** Claims devices for teams by their attestation tokens (peers.md 4.1, protocol.md 7.2). */
export class Claims {
  readonly #parts: ClaimParts;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
  }

  /**
   * Claims one device and queues what the team's rules have for its tags.
   * @throws StationError service.bad-request for a token that cannot be right, service.conflict when the device is claimed
   */
  claim(team: number, request: ClaimRequest): ClaimedDevice {
    const { database, devices, orders } = this.#parts;
    const { token, attestation } = this.check(team, request);
    const { deviceUuid: uuid, deviceType, firmwareUuid } = token;
    return atomically(database, () => {
      devices.claim({ uuid, team, deviceType, firmwareUuid, tags: request.tags, attestation });
      orders.applyRules(uuid);
      const device = devices.device(uuid);
      if (device === undefined) throw new StationError("service.database", "the claim was not kept", { uuid });
      return device;
    });
  }

  /** Whether a claim would be accepted, without claiming. @throws as {@link claim} */
  check(
    team: number,
    request: ClaimRequest,
  ): { readonly token: AttestationToken; readonly attestation: Attestation | undefined } {
    const token = attestationOf(request.claimToken);
    const { deviceUuid: uuid, cose, signatureInputs } = token;
    const owner = this.#parts.devices.owner(uuid);
    if (owner !== undefined)
      throw new StationError(
        "service.conflict",
        `the device is claimed already, by ${owner === team ? "your own" : "another"} team`,
        { uuid },
      );
    return { token, attestation: this.#parts.identity.attestedBy(uuid, cose.signature, signatureInputs) };
  }

  /**
   * Claims the devices of a CSV text: a token a row, tags joined by commas in the second field; every row by itself. Rows are
   * claimed in pieces, each kept whole, so that neither the disk nor other requests wait for every row.
   * @throws StationError service.bad-request when the text is no CSV, service.too-large beyond 1000 rows
   */
  async claimAll(team: number, csv: string): Promise<BulkClaim> {
    const { clock, database } = this.#parts;
    const claimedIds: string[] = [];
    const failed: BulkClaim["failed"][number][] = [];
    const claimRow = (fields: readonly string[], index: number): void => {
      try {
        claimedIds.push(this.claim(team, rowRequest(fields)).uuid);
      } catch (error) {
        const { code, message, facts } = asStationError(error);
        if (code === "service.database" || code === "station.internal") throw error;
        const id = facts["uuid"];
        failed.push({ row: index + 1, ...(typeof id === "string" ? { id } : {}), message });
      }
    };
    await inTurns(clock, csvRows(csv, LONGEST_ROW), (piece) => atomically(database, piece), claimRow);
    return { claimedIds, failed };
  }
}

function attestationOf(text: string): AttestationToken {
  try {
    return parseAttestationToken(text);
  } catch (cause) {
    const expected = asStationError(cause).facts["expected"] ?? null;
    throw new StationError("service.bad-request", "claimToken: no attestation token", { expected }, { cause });
  }
}

function rowRequest(fields: readonly string[]): ClaimRequest {
  const [claimToken = "", joined = "", ...more] = fields;
  const tags = tagsOf([joined]);
  if (more.length > 0) throw new StationError("service.bad-request", "the row has more than a token and its tags");
  if (tags.length > TAGS_LIMIT || !tags.every((tag) => OwnerTagSchema.safeParse(tag).success))
    throw new StationError("service.bad-request", "the row's tags are too long or too many", {
      limit: quantity(TAGS_LIMIT, "items"),
    });
  return { claimToken, tags };
}
