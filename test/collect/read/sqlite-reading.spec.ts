import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CentralClient } from "../../../src/collect/read/central-client.ts";
import { openForReading } from "../../../src/collect/read/open-for-reading.ts";
import type { Sql } from "../../../src/collect/sql.ts";
import { SqliteSql } from "../../../src/collect/sqlite-sql.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Progress } from "../../../src/contract/history.ts";
import { failureOf } from "../../audit/samples.ts";
import { HAS_SMALL_DISKS, SmallDisk } from "../../faults/support/small-disk.ts";
import { before, exported, exportsTheLine, fillMany } from "./central-exporting.ts";
import { readsTheLine } from "./central-reading.ts";
import { emptyCentral, fillCentral, stationId } from "./central-samples.ts";

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
  const place = (): string => mkdtempSync(join(folder, "exports-"));
  async function central(path = file()): Promise<Sql> {
    const sql = SqliteSql.open(path, { readOnly: false });
    opened.push(sql);
    await emptyCentral(sql);
    return sql;
  }

  readsTheLine({ empty: central, file });
  exportsTheLine({ empty: central, folder: place });

  it("is exported in a thread of its own, of which nothing stays when it is ended", async () => {
    const path = file();
    await fillMany(await central(path), 2500);
    const target = place();
    const client = new CentralClient({ address: new Secret(path) });
    const told: Progress[] = [];
    const order = { format: "jsonl" as const, out: join(target, "line.jsonl"), filter: { station: stationId(1) } };
    const { rows } = await client.export(order, { progress: (step) => told.push(step) });
    expect([rows, told.at(-1)]).toEqual([2499, { done: 2499, total: 2499 }]);
    const lost = failureOf(client.export({ ...order, out: join(target, "other.jsonl") }));
    await client.close();
    expect(await lost).toMatchObject({ code: "audit.closed" });
    expect(readdirSync(target)).toEqual(["line.jsonl"]);
  });

  it("is exported as it was when the export began", async () => {
    const path = file();
    const writing = await central(path);
    await writing.script("PRAGMA journal_mode = WAL");
    await fillMany(writing, 4500);
    const reading = await openForReading(new Secret(path));
    opened.push(reading);
    const meanwhile = before(reading, 3, async () => {
      await writing.all("UPDATE run SET started_at = '2026-03-03T06:00:00.000Z', station_name = 'late'");
    });
    const out = join(place(), "line.csv");
    expect(await exported(meanwhile, { format: "csv", out, filter: {} })).toMatchObject({ rows: 4500 });
    expect(readFileSync(out, "utf8")).not.toContain("late");
  });

  it("is never written over by its export", async () => {
    const path = file();
    const sql = await central(path);
    for (const out of [path, `${path}-wal`, join(place(), "..", basename(path))]) {
      const refused = await failureOf(exported(sql, { format: "csv", out, filter: {} }));
      expect(refused).toMatchObject({ code: "audit.export" });
    }
    expect(await sql.all("SELECT count(*) FROM run")).toEqual([[0]]);
  });

  if (HAS_SMALL_DISKS)
    it("leaves nothing on a disk that has no room for its export", async () => {
      const sql = await central();
      await fillMany(sql, 9000);
      const disk = await SmallDisk.make(join(folder, "small"));
      try {
        disk.fill();
        const out = join(disk.inside, "line.csv");
        const failure = await failureOf(exported(sql, { format: "csv", out, filter: {} }));
        expect(failure).toMatchObject({ code: "audit.export", cause: { code: "ENOSPC" } });
        expect(readdirSync(disk.inside)).toEqual(["ballast"]);
      } finally {
        await disk.remove();
      }
    });

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
