import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { draftExport } from "../../../src/audit/export-draft.ts";
import { History } from "../../../src/audit/history.ts";
import { migrate, MIGRATIONS, SCHEMA_VERSION, schemaVersion } from "../../../src/audit/migrate.ts";
import { readReport } from "../../../src/audit/read-report.ts";
import { openForWriting } from "../../../src/audit/database-file.ts";
import { verifyDatabase } from "../../../src/audit/verify-database.ts";
import { batchId, batchStart, failureOf, runId, uuidOf, wholeRun } from "../samples.ts";
import { TempAudit } from "../temp-audit.ts";
import { isKept, KEPT, putDatabase } from "./kept-database.ts";

const SCHEMAS = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);
const EARLIER = SCHEMAS.slice(0, -1).filter(isKept);
const CHILD = fileURLToPath(new URL("./migrating-child.ts", import.meta.url));

const versionOf = (file: string): number => {
  const db = new Database(file, { readonly: true });
  try {
    return schemaVersion(db);
  } finally {
    db.close();
  }
};

/** All runs as an auditor gets them. */
async function exported(file: string, out: string): Promise<string> {
  return readFileSync((await draftExport(file, { format: "csv", out, filter: {} })).temporary, "utf8");
}

const listed = (file: string) => {
  const history = new History(file);
  try {
    return history.runs({ filter: {}, limit: 50 }).runs;
  } finally {
    history.close();
  }
};

describe("databases of every schema", () => {
  it.each(SCHEMAS)("are kept as a fixture: schema %i", (schema) => {
    const wanted = `test/fixtures/databases/schema-${schema}, made by node scripts/database-fixture.ts while it is new`;
    expect(isKept(schema) ? wanted : "there is none").toBe(wanted);
  });
});

describe.each(SCHEMAS.filter(isKept))("a database that a station of schema %i left", (schema) => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
    putDatabase(schema, temp.file);
  });
  afterEach(() => temp.dispose());

  it("is read, reported and verified as it is", async () => {
    const before = readFileSync(temp.file);
    expect(listed(temp.file)).toHaveLength(KEPT.runs);
    const report = await readReport(temp.file, { filter: { mode: "both" }, zone: "UTC" });
    expect(JSON.stringify(report)).toContain("Tracker 3");
    expect(await verifyDatabase(temp.file)).toMatchObject({
      ok: true,
      runs: KEPT.runs,
      batches: 3,
      headFile: "present",
    });
    expect(readFileSync(temp.file).equals(before)).toBe(true);
    expect(versionOf(temp.file)).toBe(schema);
  });

  it("is brought to today's form with every row, the same export and signatures that hold", async () => {
    const before = { runs: listed(temp.file), text: await exported(temp.file, temp.path("before.csv")) };
    openForWriting(temp.file).close();
    expect(versionOf(temp.file)).toBe(SCHEMA_VERSION);
    expect(listed(temp.file)).toEqual(before.runs);
    expect(await exported(temp.file, temp.path("after.csv"))).toBe(before.text);
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true, runs: KEPT.runs, batches: 3 });
    expect(temp.rows("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    expect(temp.rows("PRAGMA foreign_key_check")).toEqual([]);
  });

  it("has the same tables, indexes and triggers afterwards as one that is made anew", () => {
    const schemaOf = (db: Database.Database): unknown[] =>
      db.prepare("SELECT type, name, tbl_name FROM sqlite_schema ORDER BY type, name").all();
    const fresh = new Database(":memory:");
    migrate(fresh);
    const brought = openForWriting(temp.file);
    expect(schemaOf(brought)).toEqual(schemaOf(fresh));
    for (const table of ["run", "event", "batch"]) {
      const columns = (db: Database.Database): unknown => db.pragma(`table_info(${table})`);
      expect(columns(brought)).toEqual(columns(fresh));
    }
    brought.close();
    fresh.close();
  });

  it("is taken up by the station: open runs are closed, new batches follow, all of it verifies", async () => {
    const first = await temp.open();
    expect(first.recovered.map(({ runId: run }) => run)).toEqual([runId(5), runId(6)]);
    expect(first.recovered[0]?.lastCommand).toContain("length:2");
    expect(first.store.settingsOf(uuidOf(1))).toEqual({ after: "abc" });
    expect(first.store.passedBefore(uuidOf(1))).toMatchObject({ runId: runId(1) });
    await first.store.startBatch(batchStart(9, { first: 20, time: 100 }));
    for (const each of wholeRun(20, "PASS", undefined, "1", 100)) await first.store.append(each);
    await first.store.finishBatch(batchId(9), "2026-03-01T09:00:00.000Z", 1);
    await first.store.close();
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true, runs: KEPT.runs + 1, batches: 4 });
    expect(
      listed(temp.file)
        .map(({ outcome }) => outcome)
        .toSorted(),
    ).toEqual(["ABORTED", "ABORTED", "ERROR", "FAIL", "PASS", "PASS", "PASS"]);
    await (await temp.open()).store.close();
  });
});

describe("a database of a newer station", () => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
    putDatabase(Math.max(...SCHEMAS.filter(isKept)), temp.file);
    temp.tamper(`PRAGMA user_version = ${SCHEMA_VERSION + 1}; CREATE TABLE novelty (x)`, { triggers: true });
  });
  afterEach(() => temp.dispose());

  it("is refused by name of the schema, for writing and reading, and not a byte is changed", async () => {
    const files = ["", ".head"].map((ending) => `${temp.file}${ending}`);
    const before = files.map((file) => readFileSync(file));
    const refusal = { code: "audit.newer", facts: { found: SCHEMA_VERSION + 1, newest: SCHEMA_VERSION } };
    expect(await failureOf(temp.open())).toMatchObject(refusal);
    expect(await failureOf(() => listed(temp.file))).toMatchObject(refusal);
    expect(await failureOf(verifyDatabase(temp.file))).toMatchObject(refusal);
    expect(files.map((file, index) => readFileSync(file).equals(before[index]!))).toEqual([true, true]);
    expect(existsSync(`${temp.file}-wal`)).toBe(false);
  });
});

describe.each(EARLIER)("a change of the schema that is cut off in the middle, from schema %i", (schema) => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
    putDatabase(schema, temp.file);
  });
  afterEach(() => temp.dispose());

  const expectWhole = async (file: string, runs: unknown): Promise<number> => {
    const found = versionOf(file);
    expect(SCHEMAS.slice(schema - 1)).toContain(found);
    expect(await verifyDatabase(file)).toMatchObject({ ok: true, runs: KEPT.runs });
    expect(listed(file)).toEqual(runs);
    return found;
  };

  it("leaves a whole schema at every statement, and is done at the next start", async () => {
    const runs = listed(temp.file);
    const cuts: string[] = [];
    const db = new Database(temp.file, {
      // What the disk holds as the statement is about to be carried out.
      verbose: () => {
        const folder = temp.path(`cut-${cuts.length}`);
        mkdirSync(folder);
        for (const ending of ["", "-wal", "-journal", ".head"])
          if (existsSync(`${temp.file}${ending}`))
            copyFileSync(`${temp.file}${ending}`, join(folder, `audit.db${ending}`));
        cuts.push(join(folder, "audit.db"));
      },
    });
    // Pages reach the disk before the end of the transaction.
    db.pragma("cache_size = 1");
    migrate(db);
    db.close();
    expect(cuts.length).toBeGreaterThan(5);
    const found = new Set<number>();
    for (const cut of cuts) {
      found.add(await expectWhole(cut, runs));
      openForWriting(cut).close();
      expect(await expectWhole(cut, runs)).toBe(SCHEMA_VERSION);
    }
    expect([...found].toSorted()).toEqual(SCHEMAS.slice(schema - 1, -1));
  });

  it("by kill -9 leaves the old schema, and is done at the next start", async () => {
    const runs = listed(temp.file);
    const killed = spawnSync(process.execPath, [CHILD, temp.file], { encoding: "utf8" });
    expect([killed.signal, killed.stderr]).toEqual(["SIGKILL", ""]);
    expect(await expectWhole(temp.file, runs)).toBe(schema);
    await (await temp.open()).store.close();
    expect(versionOf(temp.file)).toBe(SCHEMA_VERSION);
  });

  it("by a full disk leaves the old schema and says so", async () => {
    const runs = listed(temp.file);
    const db = new Database(temp.file);
    db.pragma(`max_page_count = ${Number(db.pragma("page_count", { simple: true }))}`);
    expect(() => migrate(db)).toThrow(expect.objectContaining({ code: "SQLITE_FULL" }));
    db.close();
    expect(await expectWhole(temp.file, runs)).toBe(schema);
  });
});

describe("migrations", () => {
  it("are numbered without gaps", () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(SCHEMAS);
  });
});
