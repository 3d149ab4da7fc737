import type { Clock } from "../core/clock.ts";
import { isoTime } from "../core/iso-time.ts";
import type { ServiceDatabase } from "./database.ts";

/** A device that may use the cloud's services, as onboarding made it known. */
export type CloudDevice = {
  readonly id: string;
  readonly subType: string;
  readonly tags: readonly string[];
  readonly firmwareTypes: readonly string[];
  readonly name: string | undefined;
  /** `{reported, desired}` as JSON. */
  readonly state: string;
  /** Counts the changes of the state. */
  readonly version: number;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
};

/** What onboarding says about a device; the digest is of its certificate in DER, lower-case hex. */
export type NewCloudDevice = {
  readonly id: string;
  readonly subType: string;
  readonly tags: readonly string[];
  readonly firmwareTypes: readonly string[];
  readonly certificateSha256: string | undefined;
};

type Row = {
  readonly id: string;
  readonly team: number;
  readonly sub_type: string;
  readonly tags: string;
  readonly firmware_types: string;
  readonly certificate_sha256: string | null;
  readonly name: string | null;
  readonly state: string;
  readonly version: number;
  readonly created_at: string;
};

const COLUMNS = "id, team, sub_type, tags, firmware_types, certificate_sha256, name, state, version, created_at";
/** Whether a device's types of firmware hold each of `:supports`. */
const SUPPORTED =
  "NOT EXISTS (SELECT value FROM json_each(:supports) EXCEPT SELECT value FROM json_each(firmware_types))";

/** The onboarded devices of all teams. Writers call it inside a transaction. */
export class CloudDeviceStore {
  readonly #database: ServiceDatabase;
  readonly #clock: Clock;

  constructor(database: ServiceDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Makes a device known; answers why it cannot be, or undefined. The same device with the same facts again changes nothing. */
  onboard(team: number, device: NewCloudDevice): string | undefined {
    const { id, certificateSha256: certificate } = device;
    const present = this.#row(id);
    if (present !== undefined) {
      if (present.team !== team) return `the device id ${id} is taken`;
      return isSame(present, device) ? undefined : `the device ${id} is onboarded already with other attributes`;
    }
    if (certificate !== undefined && this.#hasCertificate(certificate))
      return "the certificate is onboarded already with another device";
    this.#database
      .prepare(
        `INSERT INTO cloud_device (id, team, sub_type, tags, firmware_types, certificate_sha256, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        team,
        device.subType,
        JSON.stringify(device.tags),
        JSON.stringify(device.firmwareTypes),
        certificate ?? null,
        isoTime(this.#clock.now()),
      );
    return undefined;
  }

  device(team: number, id: string): CloudDevice | undefined {
    const row = this.#row(id);
    return row?.team === team ? deviceOf(row) : undefined;
  }

  /**
   * A team's devices by id, behind `after` in the order asked for; an empty `after` begins at that order's first.
   * @param supports only devices that take each of these types of firmware
   */
  list(
    team: number,
    order: "asc" | "desc",
    after: string,
    count: number,
    supports: readonly string[],
  ): readonly CloudDevice[] {
    const behind = after === "" ? "" : order === "asc" ? "AND id > :after" : "AND id < :after";
    return this.#database
      .prepare<[Readonly<Record<string, string | number>>], Row>(
        `SELECT ${COLUMNS} FROM cloud_device WHERE team = :team AND ${SUPPORTED} ${behind} ORDER BY id ${order} LIMIT :count`,
      )
      .all({ team, count, supports: JSON.stringify(supports), ...(after === "" ? {} : { after }) })
      .map(deviceOf);
  }

  /** How many of a team's devices take each of these types of firmware. */
  count(team: number, supports: readonly string[]): number {
    return (
      this.#database
        .prepare<[Readonly<Record<string, string | number>>], { readonly count: number }>(
          `SELECT count(*) AS count FROM cloud_device WHERE team = :team AND ${SUPPORTED}`,
        )
        .get({ team, supports: JSON.stringify(supports) })?.count ?? 0
    );
  }

  remove(team: number, id: string): boolean {
    return this.#database.prepare("DELETE FROM cloud_device WHERE team = ? AND id = ?").run(team, id).changes > 0;
  }

  rename(team: number, id: string, name: string): boolean {
    const sql = "UPDATE cloud_device SET name = ? WHERE team = ? AND id = ?";
    return this.#database.prepare(sql).run(name, team, id).changes > 0;
  }

  /** Merges a change into the state (RFC 7396); answers the state's new length in characters, undefined without a device. */
  patchState(team: number, id: string, patch: string): number | undefined {
    return this.#database
      .prepare<[string, number, string], { readonly length: number }>(
        `UPDATE cloud_device SET state = json_patch(state, ?), version = version + 1 WHERE team = ? AND id = ?
         RETURNING length(state) AS length`,
      )
      .get(patch, team, id)?.length;
  }

  #row(id: string): Row | undefined {
    return this.#database.prepare<[string], Row>(`SELECT ${COLUMNS} FROM cloud_device WHERE id = ?`).get(id);
  }

  #hasCertificate(sha256: string): boolean {
    const sql = "SELECT 1 FROM cloud_device WHERE certificate_sha256 = ?";
    return this.#database.prepare(sql).get(sha256) !== undefined;
  }
}

function isSame(row: Row, device: NewCloudDevice): boolean {
  return (
    row.sub_type === device.subType &&
    row.tags === JSON.stringify(device.tags) &&
    row.firmware_types === JSON.stringify(device.firmwareTypes) &&
    row.certificate_sha256 === (device.certificateSha256 ?? null)
  );
}

function deviceOf(row: Row): CloudDevice {
  return {
    id: row.id,
    subType: row.sub_type,
    tags: JSON.parse(row.tags) as readonly string[],
    firmwareTypes: JSON.parse(row.firmware_types) as readonly string[],
    name: row.name ?? undefined,
    state: row.state,
    version: row.version,
    createdAt: row.created_at,
  };
}
