import type { Clock } from "../core/clock.ts";
import type { DeviceUuid } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import type { ServiceDatabase } from "./database.ts";
import { kidOf, type Spki } from "./public-key.ts";

/** The identity key that a device UUID is bound to. */
export type Pin = { readonly kid: string; readonly spki: Spki };

/** A claimed device. */
export type ClaimedDevice = {
  readonly uuid: string;
  readonly deviceType: number;
  readonly firmwareUuid: string;
  readonly tags: readonly string[];
  /** ISO 8601 UTC. */
  readonly claimedAt: string;
  readonly modemFirmware: string | undefined;
  readonly clientVersion: string | undefined;
  readonly lastSeenAt: string | undefined;
};

/** What a claim adds. `candidates`: the keys that may have signed the attestation, SPKI as hex; empty when a key is pinned. */
export type NewClaim = {
  readonly uuid: DeviceUuid;
  readonly deviceType: number;
  readonly firmwareUuid: string;
  readonly tags: readonly string[];
  readonly candidates: readonly Spki[];
};

type DeviceRow = {
  readonly uuid: string;
  readonly device_type: number;
  readonly firmware_uuid: string;
  readonly tags: string;
  readonly claimed_at: string;
  readonly modem_firmware: string | null;
  readonly client_version: string | null;
  readonly last_seen_at: string | null;
};

/** Keys of devices that nobody claimed are kept for the newest of them only: anybody can show up with a key of their own. */
const UNCLAIMED_PINS = 10_000;

const COLUMNS = "uuid, device_type, firmware_uuid, tags, claimed_at, modem_firmware, client_version, last_seen_at";

/** Claimed devices and pinned keys. Writers call it inside a transaction. */
export class DeviceStore {
  readonly #database: ServiceDatabase;
  readonly #clock: Clock;

  constructor(database: ServiceDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  pin(uuid: string): Pin | undefined {
    return this.#database.prepare<[string], Pin>("SELECT kid, spki FROM pin WHERE uuid = ?").get(uuid);
  }

  addPin(uuid: DeviceUuid, spki: Spki): void {
    this.#database
      .prepare("INSERT INTO pin (uuid, kid, spki, pinned_at) VALUES (?, ?, ?, ?)")
      .run(uuid, kidOf(spki), Buffer.from(spki), this.#now());
    this.#database.prepare("UPDATE device SET candidates = '[]' WHERE uuid = ?").run(uuid);
    this.#database
      .prepare(
        `DELETE FROM pin WHERE uuid IN (
           SELECT uuid FROM pin WHERE uuid NOT IN (SELECT uuid FROM device)
           ORDER BY pinned_at DESC, uuid LIMIT -1 OFFSET ${UNCLAIMED_PINS})`,
      )
      .run();
  }

  isClaimed(uuid: string): boolean {
    return this.#database.prepare("SELECT 1 FROM device WHERE uuid = ?").get(uuid) !== undefined;
  }

  /** The keys that may have signed the claim's attestation token. */
  candidates(uuid: string): readonly Spki[] {
    const row = this.#database
      .prepare<[string], { readonly candidates: string }>("SELECT candidates FROM device WHERE uuid = ?")
      .get(uuid);
    return texts(row?.candidates ?? "[]").map((hex) => Buffer.from(hex, "hex"));
  }

  claim(claim: NewClaim): void {
    const candidates = claim.candidates.map((spki) => Buffer.from(spki).toString("hex"));
    this.#database
      .prepare(
        `INSERT INTO device (uuid, device_type, firmware_uuid, tags, candidates, claimed_at) VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(
        claim.uuid,
        claim.deviceType,
        claim.firmwareUuid,
        JSON.stringify(claim.tags),
        JSON.stringify(candidates),
        this.#now(),
      );
  }

  /** Forgets the claim with its queue, and the pinned key; answers whether there was any of them. */
  forget(uuid: string): boolean {
    const claims = this.#database.prepare("DELETE FROM device WHERE uuid = ?").run(uuid).changes;
    const pins = this.#database.prepare("DELETE FROM pin WHERE uuid = ?").run(uuid).changes;
    return claims + pins > 0;
  }

  device(uuid: string): ClaimedDevice | undefined {
    const row = this.#database.prepare<[string], DeviceRow>(`SELECT ${COLUMNS} FROM device WHERE uuid = ?`).get(uuid);
    return row === undefined ? undefined : deviceOf(row);
  }

  /** Claimed devices by UUID, from behind `after` on. */
  list(after: string, count: number): readonly ClaimedDevice[] {
    return this.#database
      .prepare<[string, number], DeviceRow>(`SELECT ${COLUMNS} FROM device WHERE uuid > ? ORDER BY uuid LIMIT ?`)
      .all(after, count)
      .map(deviceOf);
  }

  count(): number {
    return (
      this.#database.prepare<[], { readonly total: number }>("SELECT count(*) AS total FROM device").get()?.total ?? 0
    );
  }

  /** Notes that the device fetched, and what it said about itself. */
  seen(uuid: string, modemFirmware: string | undefined, clientVersion: string | undefined): void {
    this.#database
      .prepare(
        `UPDATE device SET last_seen_at = ?, modem_firmware = coalesce(?, modem_firmware),
           client_version = coalesce(?, client_version) WHERE uuid = ?`,
      )
      .run(this.#now(), modemFirmware ?? null, clientVersion ?? null, uuid);
  }

  #now(): string {
    return isoTime(this.#clock.now());
  }
}

function deviceOf(row: DeviceRow): ClaimedDevice {
  return {
    uuid: row.uuid,
    deviceType: row.device_type,
    firmwareUuid: row.firmware_uuid,
    tags: texts(row.tags),
    claimedAt: row.claimed_at,
    modemFirmware: row.modem_firmware ?? undefined,
    clientVersion: row.client_version ?? undefined,
    lastSeenAt: row.last_seen_at ?? undefined,
  };
}

/** A list of texts that this store wrote as JSON. */
function texts(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
