import { randomBytes } from "node:crypto";
import type { Clock, Instant } from "../core/clock.ts";
import { isoTime } from "../core/iso-time.ts";
import type { ServiceDatabase } from "./database.ts";

/** A finished bulk operation. */
export type BulkOperation = {
  readonly id: string;
  /** The secret name that its files' addresses hold. */
  readonly file: string;
  readonly endpoint: string;
  readonly status: "SUCCEEDED" | "FAILED";
  /** ISO 8601 UTC. */
  readonly requestedAt: string;
  readonly completedAt: string;
};

/** What a bulk operation leaves behind: what was sent, and its errors as the error summary shows them. */
export type BulkResult = {
  readonly endpoint: string;
  readonly requestedAt: Instant;
  readonly upload: string;
  readonly errors: readonly string[];
};

/** Operations of one team that are kept: the newest. */
const KEPT_OPERATIONS = 20;
const ULID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The bulk operations of all teams. Writers call it inside a transaction. */
export class BulkOperationStore {
  readonly #database: ServiceDatabase;
  readonly #clock: Clock;

  constructor(database: ServiceDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Keeps an operation that has come to its end; answers its id. */
  add(team: number, { endpoint, requestedAt, upload, errors }: BulkResult): string {
    const now = this.#clock.now();
    const id = ulid(now, randomBytes(10));
    this.#database
      .prepare(
        `INSERT INTO bulk_operation (id, team, file, endpoint, status, requested_at, completed_at, upload, errors)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        team,
        randomBytes(16).toString("hex"),
        endpoint,
        errors.length === 0 ? "SUCCEEDED" : "FAILED",
        isoTime(requestedAt),
        isoTime(now),
        upload,
        JSON.stringify({ errors }),
      );
    this.#database
      .prepare(
        `DELETE FROM bulk_operation WHERE id IN (
           SELECT id FROM bulk_operation WHERE team = ? ORDER BY id DESC LIMIT -1 OFFSET ${KEPT_OPERATIONS})`,
      )
      .run(team);
    return id;
  }

  find(team: number, id: string): BulkOperation | undefined {
    return this.#database
      .prepare<[number, string], BulkOperation>(
        `SELECT id, file, endpoint, status, requested_at AS requestedAt, completed_at AS completedAt
         FROM bulk_operation WHERE team = ? AND id = ?`,
      )
      .get(team, id);
  }

  /** What `<secret name>.json` (the error summary) or `<secret name>.csv` (what was sent) holds. */
  file(name: string): { readonly type: string; readonly text: string } | undefined {
    const [secret = "", ending] = name.split(".");
    const sql = "SELECT upload, errors FROM bulk_operation WHERE file = ?";
    const row = this.#database.prepare<[string], { readonly upload: string; readonly errors: string }>(sql).get(secret);
    if (row === undefined) return undefined;
    return ending === "csv" ? { type: "text/csv", text: row.upload } : { type: "application/json", text: row.errors };
  }
}

/** An id that sorts by time, as the real service's do: 10 digits of the time and 16 of chance (Crockford's base 32). */
function ulid(now: Instant, chance: Uint8Array): string {
  let value = (BigInt(now) << 80n) | BigInt(`0x${Buffer.from(chance).toString("hex")}`);
  let text = "";
  for (let digit = 0; digit < 26; digit++) {
    text = `${ULID_DIGITS[Number(value & 31n)] ?? ""}${text}`;
    value >>= 5n;
  }
  return text;
}
