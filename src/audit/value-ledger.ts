import type { Database } from "better-sqlite3";
import type { RunEvent } from "../contract/run-event.ts";
import { StationError } from "../core/error.ts";
import type { RowUse, UsedRow } from "./audit-store.ts";

/** Writes and reads which unit has which row of a value file (table `unit_value`). */
export class ValueLedger {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database) {
    this.#statements = prepare(db);
  }

  /**
   * Notes within the transaction of its event that a unit takes a row; taking its own row again changes nothing.
   * @throws StationError values.used when the row is another unit's, or the unit has another row
   */
  use(event: RunEvent, { source, row, sha256 }: RowUse): void {
    const uuid = unitOf(event);
    const { at, runId } = event;
    const found = this.#statements.conflicting.all(source, row, uuid);
    checkUse({ source, row, sha256 }, uuid, found);
    if (found.length === 0) this.#statements.insert.run(source, row, sha256, uuid, runId, at);
  }

  /** The rows of a value file that units have taken. */
  used(source: string): readonly UsedRow[] {
    return this.#statements.used.all(source);
  }
}

/** The unit that an event identifies. @throws StationError station.internal for any other event */
export function unitOf(event: RunEvent): string {
  if (event.type === "unit.identified") return event.device.uuid;
  throw new StationError("station.internal", "rows are taken when a unit is identified", { event: event.type });
}

/**
 * Passes when a unit may take a row.
 * @param found the uses of this row, and of any row by this unit
 * @throws StationError values.used
 */
export function checkUse(use: RowUse, uuid: string, found: readonly UsedRow[]): void {
  const other = found.find((used) => used.uuid !== uuid || used.row !== use.row || used.sha256 !== use.sha256);
  if (other === undefined) return;
  const facts = { row: use.row, uuid, holder: other.uuid, heldRow: other.row };
  throw new StationError("values.used", "the row of the value file cannot be taken", facts);
}

function prepare(db: Database) {
  const columns = "row_key AS row, row_sha256 AS sha256, uuid";
  return {
    conflicting: db.prepare<[string, string, string], UsedRow>(
      `SELECT ${columns} FROM unit_value WHERE source = ? AND (row_key = ? OR uuid = ?)`,
    ),
    used: db.prepare<[string], UsedRow>(`SELECT ${columns} FROM unit_value WHERE source = ? ORDER BY at, row_key`),
    insert: db.prepare<string[]>(
      "INSERT INTO unit_value (source, row_key, row_sha256, uuid, run, at) VALUES (?, ?, ?, ?, ?, ?)",
    ),
  };
}
