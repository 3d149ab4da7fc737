import type { AuditStore, RowUse } from "../audit/audit-store.ts";
import type { Device } from "../contract/common.ts";
import type { UnitValues } from "../contract/recipe-values.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { DeviceUuid } from "../core/ids.ts";
import type { ValueRow, ValueTable } from "./files/value-table.ts";

/** A unit as a row is looked for. */
export type ValueSeeker = Pick<Device, "uuid" | "imei" | "boardSerial">;

/** A row that a unit gets once `use` is on the disk. */
export type ValueGrant = {
  readonly values: UnitValues;
  readonly use: RowUse;
  /** The use could not be recorded: the row is free again, unless the record says otherwise. */
  readonly undo: () => void;
};

/** Simulated boards take no rows of real ones. */
const SIMULATED = "*simulated*:";

/** The name under which the rows of a table are used up. */
export function sourceOf(table: ValueTable, simulated: boolean): string {
  return simulated ? `${SIMULATED}${table.source}` : table.source;
}

/**
 * Which unit gets which row of a recipe's value file. Decided at once and in memory, so that of two units at the same moment
 * each gets a row of its own; the record is read once, when the book is made.
 */
export class ValueBook {
  readonly #table: ValueTable;
  readonly #source: string;
  readonly #store: Pick<AuditStore, "usedRows">;
  /** Rows that are taken, or about to be, with their units; and the other way round. */
  readonly #holders = new Map<string, string>();
  readonly #held = new Map<string, Pick<ValueRow, "key" | "sha256">>();
  #from = 0;

  /** @throws StationError audit.* when the record cannot be read */
  constructor(table: ValueTable, source: string, store: Pick<AuditStore, "usedRows">) {
    this.#table = table;
    this.#source = source;
    this.#store = store;
    this.#readRecord();
  }

  /**
   * The row of a unit: the one it has had before, else the one that its key names or the next one that is free.
   * @throws StationError values.exhausted, values.no-row, values.no-serial, values.row-taken, values.row-changed,
   * values.other-label
   */
  take(unit: ValueSeeker): ValueGrant {
    const own = this.#held.get(unit.uuid);
    const row = own === undefined ? this.#freeRow(unit) : this.#ownRow(unit, own);
    this.#note(row, unit.uuid);
    const undo = own === undefined ? () => this.#forget(row.key, unit.uuid) : () => undefined;
    return { values: row.values, use: { source: this.#source, row: row.key, sha256: row.sha256 }, undo };
  }

  /**
   * The values of the row that a unit has, without taking one; undefined where it has none.
   * @throws StationError values.row-changed, values.other-label
   */
  valuesOf(unit: ValueSeeker): UnitValues | undefined {
    const own = this.#held.get(unit.uuid);
    return own === undefined ? undefined : this.#ownRow(unit, own).values;
  }

  #freeRow(unit: ValueSeeker): ValueRow {
    const { key, size, file } = this.#table;
    if (key !== "next") return this.#namedRow(unit, key === "imei" ? unit.imei : unit.boardSerial);
    const found = this.#table.nextRow(this.#from, (name) => !this.#holders.has(name));
    if (found === undefined)
      throw new StationError("values.exhausted", "every row of the value file is used", {
        ...{ file: this.#source, rows: quantity(size, "rows"), sha256: file.sha256 },
      });
    this.#from = found.index;
    return found.row;
  }

  #namedRow(unit: ValueSeeker, name: string | undefined): ValueRow {
    const facts = this.#facts(unit);
    if (name === undefined) throw new StationError("values.no-serial", "the unit's board serial is not known", facts);
    const row = this.#table.rowOf(name);
    if (row === undefined)
      throw new StationError("values.no-row", "the value file has no row for the unit", { ...facts, row: name });
    const holder = this.#holders.get(name);
    if (holder === undefined) return row;
    throw new StationError("values.row-taken", "another unit has the row", { ...facts, row: name, holder });
  }

  /** A row that the unit has: it must be what it was, and under the label that it was found by. */
  #ownRow(unit: ValueSeeker, own: Pick<ValueRow, "key" | "sha256">): ValueRow {
    const { key } = this.#table;
    const facts = { ...this.#facts(unit), row: own.key };
    if (key === "boardSerial" && unit.boardSerial !== undefined && unit.boardSerial !== own.key)
      throw new StationError("values.other-label", "the unit has the row of another label", {
        ...{ ...facts, scanned: unit.boardSerial },
      });
    const row = this.#table.rowOf(own.key);
    if (row?.sha256 === own.sha256) return row;
    const found = row === undefined ? {} : { found: row.sha256 };
    throw new StationError("values.row-changed", "the unit's row is not what it was", {
      ...{ ...facts, expected: own.sha256, ...found },
    });
  }

  #note({ key, sha256 }: Pick<ValueRow, "key" | "sha256">, uuid: string): void {
    this.#holders.set(key, uuid);
    this.#held.set(uuid, { key, sha256 });
  }

  #forget(key: string, uuid: DeviceUuid): void {
    this.#holders.delete(key);
    this.#held.delete(uuid);
    this.#from = 0;
    try {
      this.#readRecord();
    } catch {
      // A record that cannot be read takes no row either: nothing can be used twice.
    }
  }

  #readRecord(): void {
    for (const { row, sha256, uuid } of this.#store.usedRows(this.#source)) this.#note({ key: row, sha256 }, uuid);
  }

  #facts({ uuid }: ValueSeeker): { readonly file: string; readonly uuid: string } {
    return { file: this.#source, uuid };
  }
}
