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
  /** The team that owns it. */
  readonly team: number;
  readonly deviceType: number;
  readonly firmwareUuid: string;
  readonly tags: readonly string[];
  /** ISO 8601 UTC. */
  readonly claimedAt: string;
  readonly modemFirmware: string | undefined;
  readonly clientVersion: string | undefined;
  readonly lastSeenAt: string | undefined;
};

/**
 * What a claim's attestation token proves about the device's key, kept until that key is known: the key signed one of these
 * digests. The token itself cannot be put together from it.
 */
export type Attestation = { readonly signature: Uint8Array; readonly digests: readonly Uint8Array[] };

/** What a claim adds; `attestation` is absent when a key is pinned already. */
export type NewClaim = {
  readonly uuid: DeviceUuid;
  readonly team: number;
  readonly deviceType: number;
  readonly firmwareUuid: string;
  readonly tags: readonly string[];
  readonly attestation: Attestation | undefined;
};

type DeviceRow = {
  readonly uuid: string;
  readonly team: number;
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

const COLUMNS =
  "uuid, team, device_type, firmware_uuid, tags, claimed_at, modem_firmware, client_version, last_seen_at";

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
    const claimed = this.isClaimed(uuid);
    this.#database
      .prepare("INSERT INTO pin (uuid, kid, spki, pinned_at, claimed) VALUES (?, ?, ?, ?, ?)")
      .run(uuid, kidOf(spki), Buffer.from(spki), this.#now(), claimed ? 1 : 0);
    if (claimed)
      this.#database.prepare("UPDATE device SET candidates = '[]', attestation = NULL WHERE uuid = ?").run(uuid);
    else
      this.#database
        .prepare(
          `DELETE FROM pin WHERE uuid IN (
             SELECT uuid FROM pin WHERE claimed = 0 ORDER BY pinned_at DESC, uuid LIMIT -1 OFFSET ${UNCLAIMED_PINS})`,
        )
        .run();
  }

  isClaimed(uuid: string): boolean {
    return this.owner(uuid) !== undefined;
  }

  /** The team that claimed the device. */
  owner(uuid: string): number | undefined {
    const sql = "SELECT team FROM device WHERE uuid = ?";
    return this.#database.prepare<[string], { readonly team: number }>(sql).get(uuid)?.team;
  }

  /** What the claim's attestation token proves about the device's key; undefined when that key is pinned, or none is claimed. */
  attestation(uuid: string): Attestation | undefined {
    const sql = "SELECT attestation FROM device WHERE uuid = ?";
    const row = this.#database.prepare<[string], { readonly attestation: string | null }>(sql).get(uuid);
    const [signature, ...digests] = texts(row?.attestation ?? "[]").map((hex) => Buffer.from(hex, "hex"));
    return signature === undefined ? undefined : { signature, digests };
  }

  /** The keys that may have signed the attestation token of a claim that was made before attestations were kept. */
  candidates(uuid: string): readonly Spki[] {
    const row = this.#database
      .prepare<[string], { readonly candidates: string }>("SELECT candidates FROM device WHERE uuid = ?")
      .get(uuid);
    return texts(row?.candidates ?? "[]").map((hex) => Buffer.from(hex, "hex"));
  }

  claim({ uuid, team, deviceType, firmwareUuid, tags, attestation }: NewClaim): void {
    const proof =
      attestation === undefined
        ? null
        : JSON.stringify(
            [attestation.signature, ...attestation.digests].map((bytes) => Buffer.from(bytes).toString("hex")),
          );
    this.#database
      .prepare(
        `INSERT INTO device (uuid, team, device_type, firmware_uuid, tags, candidates, attestation, claimed_at)
         VALUES (?, ?, ?, ?, ?, '[]', ?, ?)`,
      )
      .run(uuid, team, deviceType, firmwareUuid, JSON.stringify(tags), proof, this.#now());
  }

  /**
   * Forgets a team's claim with its queue and the pinned key; answers whether there was one. The key of a device that nobody
   * claimed is forgotten as well: anybody may have shown it.
   */
  forget(team: number, uuid: string): boolean {
    const owner = this.owner(uuid);
    if (owner !== undefined && owner !== team) return false;
    const claims = this.#database.prepare("DELETE FROM device WHERE uuid = ?").run(uuid).changes;
    this.#database.prepare("DELETE FROM pin WHERE uuid = ?").run(uuid);
    return claims > 0;
  }

  device(uuid: string): ClaimedDevice | undefined {
    const row = this.#database.prepare<[string], DeviceRow>(`SELECT ${COLUMNS} FROM device WHERE uuid = ?`).get(uuid);
    return row === undefined ? undefined : deviceOf(row);
  }

  /** A team's devices by UUID, from behind `after` on. */
  list(team: number, after: string, count: number): readonly ClaimedDevice[] {
    return this.#database
      .prepare<[number, string, number], DeviceRow>(
        `SELECT ${COLUMNS} FROM device WHERE team = ? AND uuid > ? ORDER BY uuid LIMIT ?`,
      )
      .all(team, after, count)
      .map(deviceOf);
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
    team: row.team,
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
