import { CsvError, parse } from "csv-parse/sync";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { SLOT_PATTERN, type SlotId } from "../../core/ids.ts";
import { readTextFile } from "./text-file.ts";

const LARGEST = 65_536;
const LONGEST_SERIAL = 64;
const MOST_SHOWN = 20;

/**
 * Reads the scanned board serials of a tray: CSV (RFC 4180) with lines `slot,serial`; a first line that says so is skipped.
 * @throws StationError file.csv with the line of every problem, file.missing, file.unreadable, file.too-large, file.not-text
 */
export async function loadSerials(path: string): Promise<Readonly<Record<SlotId, string>>> {
  const { text } = await readTextFile(path, LARGEST);
  return parseSerials(text, path);
}

/** As {@link loadSerials}, for a text that was read already. */
export function parseSerials(text: string, file: string): Readonly<Record<SlotId, string>> {
  const serials = new Map<string, string>();
  const seen = new Set<string>();
  const problems: SerialProblem[] = [];
  for (const row of rowsOf(text, file)) {
    const what = problemOf(row, serials, seen);
    if (what !== undefined) problems.push({ line: row.line, what });
    const [slot = "", serial = ""] = row.cells;
    serials.set(slot, serial);
    seen.add(serial);
  }
  if (problems.length > 0) throw serialsError(file, problems);
  return Object.fromEntries(serials);
}

type Row = { readonly line: number; readonly cells: readonly string[] };
type SerialProblem = { readonly line: number; readonly what: string };

function problemOf(
  { cells }: Row,
  serials: ReadonlyMap<string, string>,
  seen: ReadonlySet<string>,
): string | undefined {
  const [slot = "", serial = ""] = cells;
  if (cells.length !== 2) return "must hold slot,serial";
  if (!SLOT_PATTERN.test(slot)) return "the slot must be 1 to 16 letters, digits, dots, dashes or underscores";
  if (serial.length === 0 || serial.length > LONGEST_SERIAL || /\p{Cc}/u.test(serial))
    return `the serial must be 1 to ${LONGEST_SERIAL} characters without control characters`;
  if (serials.has(slot)) return `slot ${slot} has a serial already`;
  return seen.has(serial) ? "the serial stands in an earlier line already" : undefined;
}

function serialsError(file: string, problems: readonly SerialProblem[]): StationError {
  const texts = problems.map(({ line, what }) => `line ${line}: ${what}`);
  const more = texts.slice(1, MOST_SHOWN).map((text, index) => [`problem ${index + 2}`, text]);
  return new StationError("file.csv", texts[0] ?? "is not valid", {
    ...{ file, line: problems[0]?.line ?? 1 },
    ...(problems.length === 1 ? {} : { problems: quantity(problems.length, "items") }),
    ...(Object.fromEntries(more) as Readonly<Record<string, string>>),
  });
}

function rowsOf(text: string, file: string): readonly Row[] {
  const rows = parsedRows(text, file);
  const [slot = "", serial = ""] = rows[0]?.cells ?? [];
  const headed = slot.toLowerCase() === "slot" && serial.toLowerCase() === "serial";
  return headed ? rows.slice(1) : rows;
}

function parsedRows(text: string, file: string): readonly Row[] {
  try {
    const records = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
      max_record_size: 1024,
    });
    return (records as unknown as readonly CsvRecord[]).map(({ record, info }) => ({
      line: info.lines,
      cells: record,
    }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause["lines"] === "number" ? cause["lines"] : 1;
    throw new StationError("file.csv", `line ${line}: is not CSV`, { file, line, reason: cause.code }, { cause });
  }
}

type CsvRecord = { readonly record: readonly string[]; readonly info: { readonly lines: number } };
