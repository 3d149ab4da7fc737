import { setImmediate as turn } from "node:timers/promises";
import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import { OwnerTagSchema, type ClaimRequest } from "../contract/owner-api.ts";
import { asStationError, StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { parseAttestationToken, type AttestationToken } from "../provisioning/attestation-token.ts";
import { atomically, type ServiceDatabase } from "./database.ts";
import type { DeviceIdentity } from "./device-identity.ts";
import type { ClaimedDevice, DeviceStore } from "./device-store.ts";
import type { OrderBook } from "./order-book.ts";

/** What a bulk claim answers: the UUIDs claimed, and the rows (1 is the first) that were not, with the reason. */
export type BulkClaim = {
  readonly claimedIds: readonly string[];
  readonly failed: readonly { readonly row: number; readonly id?: string; readonly message: string }[];
};

/** Rows that one bulk claim may have (peers.md 4.1). */
export const BULK_ROWS_LIMIT = 1000;
const LONGEST_ROW = 8192;
const TAGS_LIMIT = 50;

/** Claims devices by their attestation tokens (peers.md 4.1, protocol.md 7.2). */
export class Claims {
  readonly #database: ServiceDatabase;
  readonly #devices: DeviceStore;
  readonly #identity: DeviceIdentity;
  readonly #orders: OrderBook;

  constructor(database: ServiceDatabase, devices: DeviceStore, identity: DeviceIdentity, orders: OrderBook) {
    this.#database = database;
    this.#devices = devices;
    this.#identity = identity;
    this.#orders = orders;
  }

  /**
   * Claims one device and queues what the rules have for its tags.
   * @throws StationError service.bad-request for a token that cannot be right, service.conflict when the device is claimed
   */
  claim(request: ClaimRequest): ClaimedDevice {
    const { token, candidates } = this.check(request);
    return atomically(this.#database, () => {
      this.#refuseClaimed(token);
      const { deviceUuid: uuid, deviceType, firmwareUuid } = token;
      this.#devices.claim({ uuid, deviceType, firmwareUuid, tags: [...new Set(request.tags)], candidates });
      this.#orders.applyRules(uuid);
      const device = this.#devices.device(uuid);
      if (device === undefined) throw new StationError("service.database", "the claim was not kept", { uuid });
      return device;
    });
  }

  /** Whether a claim would be accepted, without claiming. @throws as {@link claim} */
  check(request: ClaimRequest): { readonly token: AttestationToken; readonly candidates: readonly Uint8Array[] } {
    const token = attestation(request.claimToken);
    this.#refuseClaimed(token);
    const { deviceUuid, cose, signatureInputs } = token;
    return { token, candidates: this.#identity.attestedBy(deviceUuid, cose.signature, signatureInputs) };
  }

  /**
   * Claims the devices of a CSV text: a token a row, tags joined by commas in the second field; every row by itself. Other
   * requests get their turn between the rows, as recovering keys takes milliseconds.
   * @throws StationError service.bad-request when the text is no CSV, service.too-large beyond 1000 rows
   */
  async claimAll(csv: string): Promise<BulkClaim> {
    const claimedIds: string[] = [];
    const failed: BulkClaim["failed"][number][] = [];
    for (const [index, fields] of rowsOf(csv).entries()) {
      await turn();
      try {
        claimedIds.push(this.claim(rowRequest(fields)).uuid);
      } catch (error) {
        const { code, message, facts } = asStationError(error);
        if (code === "service.database" || code === "station.internal") throw error;
        const id = facts["uuid"];
        failed.push({ row: index + 1, ...(typeof id === "string" ? { id } : {}), message });
      }
    }
    return { claimedIds, failed };
  }

  #refuseClaimed(token: AttestationToken): void {
    if (!this.#devices.isClaimed(token.deviceUuid)) return;
    throw new StationError("service.conflict", "the device is claimed already", { uuid: token.deviceUuid });
  }
}

function attestation(text: string): AttestationToken {
  try {
    return parseAttestationToken(text);
  } catch (cause) {
    const expected = asStationError(cause).facts["expected"] ?? null;
    throw new StationError("service.bad-request", "claimToken: no attestation token", { expected }, { cause });
  }
}

function rowsOf(csv: string): readonly (readonly string[])[] {
  try {
    const rows = parse(csv, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: LONGEST_ROW,
      to: BULK_ROWS_LIMIT + 1,
    });
    if (rows.length <= BULK_ROWS_LIMIT) return rows;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new StationError("service.bad-request", "the body is no CSV", { code: cause.code }, { cause });
  }
  throw new StationError("service.too-large", "more rows than one bulk claim may have", {
    limit: quantity(BULK_ROWS_LIMIT, "rows"),
  });
}

function rowRequest(fields: readonly string[]): ClaimRequest {
  const [claimToken = "", joined = "", ...more] = fields;
  const tags = joined === "" ? [] : joined.split(",").map((tag) => tag.trim());
  if (more.length > 0) throw new StationError("service.bad-request", "the row has more than a token and its tags");
  if (tags.length > TAGS_LIMIT || !tags.every((tag) => OwnerTagSchema.safeParse(tag).success))
    throw new StationError("service.bad-request", "the row's tags are empty, too long or too many", {
      limit: quantity(TAGS_LIMIT, "items"),
    });
  return { claimToken, tags };
}
