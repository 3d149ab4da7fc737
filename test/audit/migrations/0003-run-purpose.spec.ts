import Database from "better-sqlite3";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { History, pageQuery } from "../../../src/audit/history.ts";
import { migrate } from "../../../src/audit/migrate.ts";
import { GOLDEN_QUERY } from "../../../src/audit/unit-reader.ts";
import { verifyDatabase } from "../../../src/audit/verify-database.ts";
import { batchId, batchStart, wholeRun } from "../samples.ts";
import { TempAudit } from "../temp-audit.ts";

const SHA = "a".repeat(64);

describe("migration 3: what runs are for", () => {
  it("counts every earlier run as one that provisions, and keeps what a run is for", () => {
    const db = new Database(":memory:");
    migrate(db, 2);
    db.exec(`INSERT INTO station VALUES ('s', 't', 'k'); INSERT INTO recipe VALUES ('${SHA}', 'n', 't', 'a');
      INSERT INTO batch (id, fixture, recipe, recipe_sha256, training, station, started_at)
      VALUES ('b', 'f', 'n', '${SHA}', 0, 's', 't');
      INSERT INTO run (id, batch, slot, started_at, recipe, recipe_sha256, station, link, again, training)
      VALUES ('r', 'b', '1', 't', 'n', '${SHA}', 's', 'l', 0, 0)`);
    migrate(db, 3);
    expect(db.prepare("SELECT purpose FROM run").pluck().all()).toEqual(["provision"]);
    expect(() => db.exec("UPDATE run SET purpose = 'proof'")).toThrow(/cannot be changed/);
    expect(() => db.exec("UPDATE run SET purpose = 'fun'")).toThrow();
  });

  it("finds the few runs that do not provision by their index", () => {
    const db = new Database(":memory:");
    migrate(db, 3);
    const { sql, values } = pageQuery({ purpose: "proof" }, undefined);
    const plan = (query: string, ...holes: readonly (string | number)[]) =>
      db
        .prepare<unknown[], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${query}`)
        .all(...holes)
        .map(({ detail }) => detail)
        .join();
    expect(plan(GOLDEN_QUERY, "Tray")).toContain("run_by_purpose");
    expect(plan(sql, ...values, 10)).toContain("run_by_purpose");
  });

  describe("for those who only read", () => {
    let audit: TempAudit;
    let old: string;
    beforeEach(async () => {
      audit = await TempAudit.make();
      const { store } = await audit.open();
      await store.startBatch(batchStart());
      for (const each of wholeRun(1)) await store.append(each);
      await store.finishBatch(batchId(1), "2026-03-01T09:00:00.000Z", 1);
      await store.close();
      old = join(audit.folder, "old.db");
      copyFileSync(audit.file, old);
      const db = new Database(old);
      db.exec(`DROP TRIGGER run_purpose_kept; DROP INDEX run_by_purpose; ALTER TABLE run DROP COLUMN purpose;
        PRAGMA user_version = 2`);
      db.close();
    });
    afterEach(() => audit.dispose());

    it("a database of the schema before is read and verified as it is", async () => {
      const history = new History(old);
      expect(history.runs({ filter: {}, limit: 5 }).runs).toMatchObject([{ purpose: "provision", outcome: "PASS" }]);
      expect(history.counts({ purpose: "provision" })).toMatchObject({ runs: 1, pass: 1, unitsPassedFirst: 1 });
      history.close();
      expect(await verifyDatabase(old)).toMatchObject({ ok: true, runs: 1 });
      const db = new Database(old, { readonly: true });
      expect(db.pragma("user_version", { simple: true })).toBe(2);
      db.close();
    });
  });
});
