import type { RunFilter } from "../contract/station-request.ts";
import { parseDeviceUuid } from "../core/ids.ts";

/** A condition on table `run` and the values of its holes. */
export type Where = { readonly sql: string; readonly values: readonly string[] };

/** Columns that a filter compares as they are. */
const EQUAL = ["batch", "recipe", "outcome", "code", "operator", "purpose", "station"] as const;

/** The filter as SQL; `TRUE` when it is empty. `from` and `to` are about the start of the run, both included. */
export function whereOf(filter: RunFilter): Where {
  const parts: string[] = [];
  const values: string[] = [];
  const add = (sql: string, ...more: readonly string[]): void => {
    parts.push(sql);
    values.push(...more);
  };
  for (const column of EQUAL) {
    const value = filter[column];
    if (value !== undefined) add(`${column} = ?`, value);
  }
  // Names the few that do not provision as their index does.
  if (filter.purpose !== undefined && filter.purpose !== "provision") add("purpose <> 'provision'");
  if (filter.unit !== undefined) {
    const unit = filter.unit;
    add(ANY_NAME, parseDeviceUuid(unit) ?? unit, unit, unit);
  }
  if (filter.unitStart !== undefined) add(ANY_NAME_FROM, ...rangesOf(filter.unitStart));
  if (filter.from !== undefined) add("started_at >= ?", filter.from);
  if (filter.to !== undefined) add("started_at <= ?", filter.to);
  return { sql: parts.length === 0 ? "TRUE" : parts.join(" AND "), values };
}

/** A unit goes by three names; each has its index, which `OR` would not use together with an order. */
const ANY_NAME = `id IN (SELECT id FROM run WHERE uuid = ? UNION SELECT id FROM run WHERE imei = ?
  UNION SELECT id FROM run WHERE board_serial = ?)`;

const ANY_NAME_FROM = `id IN (SELECT id FROM run WHERE uuid >= ? AND uuid < ? UNION SELECT id FROM run WHERE imei >= ? AND imei < ?
  UNION SELECT id FROM run WHERE board_serial >= ? AND board_serial < ?)`;

/** The ranges of the three names that begin with a text; the index can be walked where LIKE would read every row. */
function rangesOf(start: string): readonly string[] {
  const range = (text: string): readonly string[] => [text, `${text}\u{10FFFF}`];
  return [...range(start.toLowerCase()), ...range(start), ...range(start)];
}
