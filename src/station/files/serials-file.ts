import { CsvError, parse } from "csv-parse/sync";
import { StationError } from "../../core/error.ts";
import { SLOT_PATTERN, type SlotId } from "../../core/ids.ts";
import { readTextFile } from "./text-file.ts";

const LARGEST = 65_536;
const LONGEST_SERIAL = 64;

/**
 * Reads the scanned board serials of a tray: CSV (RFC 4180) with lines `slot,serial`; a first line that says so is skipped.
 * @throws StationError file.csv with the line, file.missing, file.unreadable, file.too-large, file.not-text
 */
export async function loadSerials(path: string): Promise<Readonly<Record<SlotId, string>>> {
  const { text } = await readTextFile(path, LARGEST);
  return parseSerials(text, path);
}

/** As {@link loadSerials}, for a text that was read already. */
export function parseSerials(text: string, file: string): Readonly<Record<SlotId, string>> {
  const serials = new Map<string, string>();
  const seen = new Set<string>();
  for (const { line, slot, serial } of rowsOf(text, file)) {
    const refuse = (what: string): StationError =>
      new StationError("file.csv", `line ${line}: ${what}`, { file, line });
    if (!SLOT_PATTERN.test(slot)) throw refuse("the slot must be 1 to 16 letters, digits, dots, dashes or underscores");
    if (serial.length === 0 || serial.length > LONGEST_SERIAL || /\p{Cc}/u.test(serial))
      throw refuse(`the serial must be 1 to ${LONGEST_SERIAL} characters without control characters`);
    if (serials.has(slot)) throw refuse(`slot ${slot} has a serial already`);
    if (seen.has(serial)) throw refuse("the serial stands in an earlier line already");
    serials.set(slot, serial);
    seen.add(serial);
  }
  return Object.fromEntries(serials);
}

type Row = { readonly line: number; readonly slot: string; readonly serial: string };

function rowsOf(text: string, file: string): readonly Row[] {
  const rows: Row[] = [];
  try {
    const records = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
      max_record_size: 1024,
    });
    for (const { record, info } of records as unknown as readonly CsvRecord[]) {
      const [slot = "", serial = ""] = record;
      if (record.length !== 2)
        throw new StationError("file.csv", `line ${info.lines}: must hold slot,serial`, { file, line: info.lines });
      rows.push({ line: info.lines, slot, serial });
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause["lines"] === "number" ? cause["lines"] : 1;
    throw new StationError("file.csv", `line ${line}: is not CSV`, { file, line, reason: cause.code }, { cause });
  }
  const [first] = rows;
  const headed = first?.slot.toLowerCase() === "slot" && first.serial.toLowerCase() === "serial";
  return headed ? rows.slice(1) : rows;
}

type CsvRecord = { readonly record: readonly string[]; readonly info: { readonly lines: number } };
