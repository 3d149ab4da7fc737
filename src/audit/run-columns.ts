import { RunRecordSchema, type RunRecord } from "../contract/history.ts";
import { StationError } from "../core/error.ts";

/** What SQLite holds in the columns of table `run`. */
export type Cell = string | number | null;

/** The columns of table `run` in their order, with the fields of a {@link RunRecord} that they hold. */
export const RUN_COLUMNS = [
  ["id", "id"],
  ["batch", "batch"],
  ["slot", "slot"],
  ["uuid", "uuid"],
  ["imei", "imei"],
  ["board_serial", "boardSerial"],
  ["outcome", "outcome"],
  ["code", "code"],
  ["started_at", "startedAt"],
  ["finished_at", "finishedAt"],
  ["recipe", "recipe"],
  ["recipe_sha256", "recipeSha256"],
  ["operator", "operator"],
  ["station", "station"],
  ["link", "link"],
  ["model", "model"],
  ["firmware", "firmware"],
  ["hardware", "hardware"],
  ["iccid", "iccid"],
  ["release", "release"],
  ["elapsed_ms", "elapsedMs"],
  ["again", "again"],
  ["training", "training"],
  ["purpose", "purpose"],
] as const satisfies readonly (readonly [string, keyof RunRecord])[];

/** Columns of truth values, which SQLite holds as 0 and 1. */
export const FLAG_COLUMNS: ReadonlySet<string> = new Set(["again", "training"]);

/** `id, batch, slot …` for SELECT and INSERT. */
export const RUN_COLUMN_LIST = RUN_COLUMNS.map(([column]) => column).join(", ");

/** The record as the cells of its row, in the order of {@link RUN_COLUMNS}. */
export function cellsOf(record: RunRecord): Cell[] {
  return RUN_COLUMNS.map(([, field]) => {
    const value = record[field];
    if (typeof value === "boolean") return Number(value);
    return typeof value === "string" ? wellFormed(value) : value;
  });
}

/** The text as SQLite gives it back: unpaired surrogates (bytes of a modem that were no UTF-8) become U+FFFD. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? Buffer.from(text, "utf8").toString("utf8") : text;
}

/**
 * The record of a row read from a database.
 * @param cells in the order of {@link RUN_COLUMNS}
 * @throws StationError audit.corrupt when a cell holds what the station never writes
 */
export function recordOf(cells: readonly unknown[]): RunRecord {
  const fields = RUN_COLUMNS.map(([, field], index) => [field, valueOf(field, cells[index])] as const);
  const parsed = RunRecordSchema.safeParse(Object.fromEntries(fields));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StationError("audit.corrupt", "a row of table run cannot be read", {
    run: String(cells[0]),
    field: issue?.path.join(".") ?? "",
    problem: issue?.message ?? "",
  });
}

function valueOf(field: keyof RunRecord, cell: unknown): unknown {
  return field === "again" || field === "training" ? cell === 1 : cell;
}
