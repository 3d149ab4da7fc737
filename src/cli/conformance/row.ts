import { StationError } from "../../core/error.ts";
import { decodeWireText } from "../../core/wire-text.ts";

/** A JSON object of a vector file. */
export type Row = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object. */
export function isRecord(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of a field. @throws StationError file.invalid */
export function textField(row: Row, field: string): string {
  const value = row[field];
  if (typeof value !== "string") throw invalid(field, "text");
  return value;
}

/** The number of a field. @throws StationError file.invalid */
export function numberField(row: Row, field: string): number {
  const value = row[field];
  if (typeof value !== "number") throw invalid(field, "number");
  return value;
}

/** The list of a field. @throws StationError file.invalid */
export function listField(row: Row, field: string): readonly unknown[] {
  return listOf(row[field], field);
}

/** The object of a field. @throws StationError file.invalid */
export function recordField(row: Row, field: string): Row {
  const value = row[field];
  if (!isRecord(value)) throw invalid(field, "object");
  return value;
}

/** A JSON value as a list. @throws StationError file.invalid */
export function listOf(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(field, "list");
  return value;
}

/** A JSON value as a number. @throws StationError file.invalid */
export function numberOf(value: unknown, field: string): number {
  if (typeof value !== "number") throw invalid(field, "number");
  return value;
}

/** The bytes of a field of hex digits. @throws StationError file.invalid */
export function hexField(row: Row, field: string): Uint8Array {
  return hexBytes(textField(row, field), field);
}

/** The bytes of hex digits. @throws StationError file.invalid */
export function hexBytes(hex: string, field: string): Uint8Array {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) throw invalid(field, "pairs of hex digits");
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A text of the wire: a JSON text, or `{"$bytes": hex}` where it is not UTF-8. @throws StationError file.invalid */
export function wireTextOf(value: unknown, field: string): string {
  if (typeof value === "string") return value;
  if (isRecord(value) && typeof value["$bytes"] === "string") return decodeWireText(hexBytes(value["$bytes"], field));
  throw invalid(field, "text or $bytes");
}

/** The error for a field that is not what the format says. */
export function invalid(field: string, expected: string): StationError {
  return new StationError("file.invalid", "a vector has a wrong or missing field", { field, expected });
}
