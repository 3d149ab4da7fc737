import { cellsOf } from "../../../src/audit/run-columns.ts";
import { centralSchema } from "../../../src/collect/central-schema.ts";
import { valueHoles, type Sql } from "../../../src/collect/sql.ts";
import type { RunRecord } from "../../../src/contract/history.ts";
import type { BatchId } from "../../../src/core/ids.ts";
import { recordsOf, type SampleRun } from "../../audit/report-samples.ts";
import { id } from "../../audit/samples.ts";

/** A run of a line: by one of its stations, numbered from 1. */
export type LineRun = SampleRun & { readonly by?: number };

export const stationId = (count: number): string => id(9, count);
const HASH = "b".repeat(64);

/** The tables of a central database that nothing was collected into yet. */
export async function emptyCentral(sql: Sql): Promise<void> {
  await sql.script(centralSchema(sql.dialect));
  await sql.all("INSERT INTO central (one, schema, id, stream, cursor) VALUES (1, 1, 'central', NULL, 0)");
}

/** Puts these runs into an empty central database, as the collector would have. */
export async function fillCentral(sql: Sql, runs: readonly LineRun[]): Promise<readonly RunRecord[]> {
  const records = recordsOf(runs).map((record, index) => {
    const { by = 1 } = runs[index] ?? {};
    const batch = record.batch.replace("-8000-", `-8${String(by).padStart(3, "0")}-`) as BatchId;
    return { ...record, batch, station: stationId(by) };
  });
  const batches = new Map(
    records.map((record, index) => {
      const { batch, station, recipe, recipeSha256 } = record;
      const cells = [batch, runs[index]?.fixture ?? "Bench A", recipe, recipeSha256, null, 0, station];
      return [`${station} ${batch}`, [...cells, "2026-01-01T00:00:00.000Z", null, null, null, null, null]] as const;
    }),
  );
  const stations = [...new Set(records.map(({ station }) => station))];
  await sql.transaction(async () => {
    for (const station of stations) await addStation(sql, station);
    for (const cells of batches.values()) await sql.all(`INSERT INTO batch VALUES ${valueHoles(1, 13)}`, cells);
    for (const record of records) {
      const name = `bench-${Number(record.station.slice(-12))}`;
      await sql.all(`INSERT INTO run VALUES ${valueHoles(1, 25)}`, [...cellsOf(record), name]);
    }
  });
  return records;
}

async function addStation(sql: Sql, station: string): Promise<void> {
  const count = Number(station.slice(-12));
  const bad = count === 2;
  const verdict = bad ? ["gap", 18, "positions 18 to 20 are missing"] : ["good", null, null];
  await sql.all(`INSERT INTO station VALUES ${valueHoles(1, 15)}`, [
    ...[station, `bench-${count}`, "2026-01-01T00:00:00.000Z", "{}", "thumb", 17, HASH, 23, 1, 12, 0],
    ...[...verdict, "2026-03-02T06:00:00.000Z"],
  ]);
}
