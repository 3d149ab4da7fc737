import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CentralClient } from "../../../src/collect/read/central-client.ts";
import { openForReading } from "../../../src/collect/read/open-for-reading.ts";
import type { Sql } from "../../../src/collect/sql.ts";
import { SqliteSql } from "../../../src/collect/sqlite-sql.ts";
import { Secret } from "../../../src/core/secret.ts";
import { failureOf } from "../../audit/samples.ts";
import { readsTheLine } from "./central-reading.ts";
import { emptyCentral, fillCentral } from "./central-samples.ts";

describe("a central database of SQLite", () => {
  let folder: string;
  let count = 0;
  const opened: Sql[] = [];
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "station-central-"))));
  afterEach(async () => {
    for (const sql of opened.splice(0)) await sql.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = (): string => join(folder, `${(count += 1)}.db`);
  async function central(path = file()): Promise<Sql> {
    const sql = SqliteSql.open(path, { readOnly: false });
    opened.push(sql);
    await emptyCentral(sql);
    return sql;
  }

  readsTheLine({ empty: central, file });

  it("is read in a thread of its own, where nothing can be written", async () => {
    const path = file();
    await fillCentral(await central(path), [{ startedAt: "2026-03-02T06:00:00.000Z" }]);
    const client = new CentralClient({ address: new Secret(path) });
    await client.check();
    expect((await client.runs({ filter: {}, limit: 5 })).runs).toHaveLength(1);
    expect((await client.counts({})).runs).toBe(1);
    expect(await client.stations()).toHaveLength(1);
    const [report, again] = await Promise.all([
      client.report({ filter: { mode: "both" }, zone: "UTC" }),
      client.report({ filter: { mode: "both" }, zone: "UTC" }),
    ]);
    expect(report.runs.runs).toBe(1);
    expect(again).toEqual(report);
    await client.close();
    const reading = await openForReading(new Secret(path));
    opened.push(reading);
    expect(await failureOf(reading.all("DELETE FROM run"))).toMatchObject({ code: "collect.rights" });
  });

  it("is refused where it is none, none yet, or of a newer version", async () => {
    const check = (address: string) => failureOf(openForReading(new Secret(address)));
    expect(await check(join(folder, "absent.db"))).toMatchObject({ code: "collect.missing" });
    expect(await check("mysql://user:hidden@host/name")).toMatchObject({ code: "collect.address" });
    const path = file();
    const sql = SqliteSql.open(path, { readOnly: false });
    opened.push(sql);
    expect(await check(path)).toMatchObject({ code: "collect.missing" });
    await emptyCentral(sql);
    await sql.all("UPDATE central SET schema = 99");
    expect(await check(path)).toMatchObject({ code: "collect.newer" });
  });
});
