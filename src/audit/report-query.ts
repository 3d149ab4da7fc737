import type { ReportFilter } from "../contract/report.ts";
import { whereOf, type Where } from "./run-where.ts";

/** The runs that began from `from` (included) to `to` (included unless `open`), as ISO 8601 in UTC. */
export type Span = { readonly from?: string; readonly to?: string; readonly open?: boolean };

/** The fixture of a run, in a station's own database and in that of a line. */
export const FIXTURE = "(SELECT fixture FROM batch WHERE batch.station = run.station AND batch.id = run.batch)";

/** The filter as SQL without its times: the report walks through them, and gives each statement its span. */
export function reportWhere({ fixture, slot, mode, ...filter }: ReportFilter): Where {
  const { from: _from, to: _to, ...untimed } = filter;
  // Proofs and checks of the golden unit make no product: a report counts them only where it is asked for them.
  const { sql, values } = whereOf({ purpose: "provision", ...untimed });
  const more: readonly Where[] = [
    ...(mode === "both" ? [] : [{ sql: `training = ${mode === "training" ? 1 : 0}`, values: [] }]),
    ...(slot === undefined ? [] : [{ sql: "slot = ?", values: [slot] }]),
    // Not `batch IN (…)`: that would be looked up batch by batch for every hour.
    ...(fixture === undefined ? [] : [{ sql: `${FIXTURE} = ?`, values: [fixture] }]),
  ];
  return {
    sql: [sql, ...more.map((each) => each.sql)].join(" AND "),
    values: [...values, ...more.flatMap((each) => each.values)],
  };
}

/** The condition within a span. */
export function within(where: Where, { from, to, open = false }: Span): Where {
  return {
    sql: `${where.sql}${from === undefined ? "" : " AND started_at >= ?"}${to === undefined ? "" : ` AND started_at ${open ? "<" : "<="} ?`}`,
    values: [...where.values, ...(from === undefined ? [] : [from]), ...(to === undefined ? [] : [to])],
  };
}

/** When the earliest run (`ASC`) or the latest (`DESC`) of the condition began. */
export function edgeQuery({ sql }: Where, order: "ASC" | "DESC"): string {
  return `SELECT started_at FROM run WHERE ${sql} ORDER BY started_at ${order} LIMIT 1`;
}

/** Rows of {@link GroupRow}: the runs of the condition, counted by everything that a report tells apart. */
export function groupQuery({ sql }: Where): string {
  return `SELECT ${FIXTURE}, slot, outcome, code, recipe, operator, CASE WHEN uuid IS NULL THEN 1 ELSE 0 END, count(*) FROM run WHERE ${sql}
    GROUP BY 1, 2, 3, 4, 5, 6, 7`;
}

/** How long the passed runs of the condition took, in ms. */
export function timesQuery({ sql }: Where): string {
  return `SELECT elapsed_ms FROM run WHERE ${sql} AND outcome = 'PASS' AND elapsed_ms IS NOT NULL`;
}

/**
 * Units with a judged run, those of which one passed, and those whose earliest judged run passed: start (24 characters),
 * id (36) and outcome in one text.
 */
export function unitsQuery({ sql }: Where): string {
  return `SELECT count(*), coalesce(sum(passed), 0), coalesce(sum(CASE WHEN substr(first, 61) = 'PASS' THEN 1 ELSE 0 END), 0) FROM (
    SELECT max(CASE WHEN outcome = 'PASS' THEN 1 ELSE 0 END) AS passed, min(started_at || id || outcome) AS first
    FROM run WHERE uuid IS NOT NULL AND outcome IN ('PASS', 'FAIL', 'ERROR') AND ${sql} GROUP BY uuid) AS unit`;
}

/** The values that a column of `run` has, in order; hops from one to the next in the column's index. */
export function choicesQuery(column: "recipe" | "operator", most: number): string {
  return `WITH RECURSIVE known (value) AS (SELECT min(${column}) FROM run WHERE ${column} IS NOT NULL UNION ALL
    SELECT (SELECT min(${column}) FROM run WHERE ${column} > value) FROM known WHERE value IS NOT NULL)
    SELECT value FROM known WHERE value IS NOT NULL LIMIT ${most}`;
}

/** The fixtures of all batches. */
export function fixturesQuery(most: number): string {
  return `SELECT DISTINCT fixture FROM batch ORDER BY fixture LIMIT ${most}`;
}

/** A row of {@link groupQuery}. */
export type GroupRow = {
  readonly fixture: string | null;
  /** Of a line's report alone. */
  readonly station?: string;
  readonly slot: string;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly recipe: string;
  readonly operator: string | null;
  readonly unidentified: boolean;
  readonly count: number;
};

/** The row of the cells. */
export function groupRow(cells: readonly unknown[]): GroupRow {
  const [fixture, slot, outcome, code, recipe, operator, unidentified, count] = cells;
  const text = (cell: unknown): string | null => (typeof cell === "string" ? cell : null);
  return {
    ...{ fixture: text(fixture), slot: String(slot), outcome: text(outcome), code: text(code) },
    ...{ recipe: String(recipe), operator: text(operator) },
    ...{ unidentified: unidentified === 1, count: Number(count) },
  };
}
