import { countsOf, countUnitsQuery, endingsQuery, pageQuery, type RunHistory } from "../../audit/history.ts";
import { readEvent } from "../../audit/recovery.ts";
import { recordOf, RUN_COLUMN_LIST, RUN_COLUMNS } from "../../audit/run-columns.ts";
import { whereOf } from "../../audit/run-where.ts";
import { MOST_SHOWN, type LineStation } from "../../contract/desktop-line.ts";
import type { RunCounts, RunPage, RunQuery, RunRecord } from "../../contract/history.ts";
import { FINDING_KINDS } from "../../contract/line-finding.ts";
import type { RunFilter } from "../../contract/station-request.ts";
import type { RunId } from "../../core/ids.ts";
import type { Sql, SqlRow } from "../sql.ts";

/** The longest text of a verdict that is told. */
const LONGEST_TEXT = 1024;

/** A page of the runs of all stations, newest first. @throws StationError collect.*, audit.corrupt */
export async function centralRuns(sql: Sql, { filter, after, skip, limit }: RunQuery): Promise<RunPage> {
  const page = pageQuery(filter, after, skip);
  const text = page.sql.replace(RUN_COLUMN_LIST, `${RUN_COLUMN_LIST}, station_name`);
  const rows = await sql.all(text, [...page.values, limit + 1]);
  const runs = rows.slice(0, limit).map(recordOfLine);
  const last = runs.at(-1);
  if (rows.length <= limit || last === undefined) return { runs };
  return { runs, next: { startedAt: last.startedAt, id: last.id } };
}

/** One run with its events in order, or undefined when there is none of that id. @throws StationError collect.*, audit.corrupt */
export async function centralRun(sql: Sql, id: RunId): Promise<RunHistory | undefined> {
  const [cells] = await sql.all(`SELECT ${RUN_COLUMN_LIST}, station_name FROM run WHERE id = ?`, [id]);
  if (cells === undefined) return undefined;
  const run = recordOfLine(cells);
  const bodies = await sql.all("SELECT body FROM event WHERE station = ? AND run = ? ORDER BY seq", [run.station, id]);
  return { run, events: bodies.map(([body]) => readEvent(String(body), run)) };
}

/** How the runs of a filter ended. @throws StationError collect.* */
export async function centralCounts(sql: Sql, filter: RunFilter): Promise<RunCounts> {
  const where = whereOf(filter);
  const endings = await sql.all(endingsQuery(where.sql), where.values);
  const [units = []] = await sql.all(countUnitsQuery(where.sql), where.values);
  return countsOf(endings, units);
}

/** The stations of the line with what is known of their chains, by name. @throws StationError collect.* */
export async function centralStations(sql: Sql): Promise<readonly LineStation[]> {
  const rows = await sql.all(
    `SELECT id, name, top, last_at, verdict, position, verdict_position, verdict_text FROM station ORDER BY name, id LIMIT ?`,
    [MOST_SHOWN.stations],
  );
  return rows.map(stationOf);
}

function stationOf(cells: SqlRow): LineStation {
  const [id, name, events, lastAt, verdict, position, verdictPosition, text] = cells;
  const what = typeof text === "string" ? text : String(verdict);
  return {
    ...{ id: String(id), name: String(name), events: Number(events) },
    ...(typeof lastAt === "string" ? { lastAt } : {}),
    chain:
      verdict === "good"
        ? { ok: true, upTo: Number(position) }
        : {
            ...{ ok: false, position: Number(verdictPosition ?? position), what: what.slice(0, LONGEST_TEXT) },
            // A newer collector's word is at least none of a whole chain.
            kind: FINDING_KINDS.find((kind) => kind === verdict) ?? "unreadable",
          },
  };
}

function recordOfLine(cells: SqlRow): RunRecord {
  return { ...recordOf(cells), stationName: String(cells[RUN_COLUMNS.length]) };
}
