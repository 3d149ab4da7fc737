import { readFileSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findDamagedPages } from "../../src/audit/page-check.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { at, batchId, batchStart, failureOf, wholeRun } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const PAGE = 4096;

describe("the pages of a database", () => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
    const { store } = await temp.open();
    await store.startBatch(batchStart());
    for (const each of wholeRun(1)) await store.append(each);
    await store.finishBatch(batchId(1), at(20), 1);
    await store.close();
  });
  afterEach(() => temp.dispose());

  it("are looked at by a verification, which finds an index that does not hold what its table does", async () => {
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true });
    const [to = 0, from = 0] = ["run_by_imei", "run_by_uuid"].map((name) =>
      Number(temp.rows(`SELECT rootpage FROM sqlite_schema WHERE name = '${name}'`)[0]?.["rootpage"]),
    );
    const bytes = readFileSync(temp.file);
    bytes.copyWithin((to - 1) * PAGE, (from - 1) * PAGE, from * PAGE);
    writeFileSync(temp.file, bytes);
    expect(await verifyDatabase(temp.file)).toMatchObject({
      ok: false,
      misfit: { table: "run", row: "audit.db", what: expect.stringMatching(/is damaged: .*run_by_imei/) as string },
    });
  });

  it("are looked at a table at a time, and no name of a table is taken for more than a name", async () => {
    const db = new Database(":memory:");
    db.exec(`CREATE TABLE "a""); DROP TABLE b; --" (x); CREATE TABLE b (x)`);
    expect(await findDamagedPages(db)).toBeUndefined();
    expect(db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get()).toBe(2);
    expect(await failureOf(findDamagedPages(db, AbortSignal.abort()))).toMatchObject({ code: "station.aborted" });
  });
});
