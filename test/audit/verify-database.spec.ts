import { execFileSync } from "node:child_process";
import { copyFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { genesis, hashRow, type ChainRow, type StationRow } from "../../src/audit/chain.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import type { Misfit, Verdict } from "../../src/contract/history.ts";
import { at, batchId, batchStart, event, failureOf, finished, identified, note, runId, wholeRun } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

/** Two finished batches of two runs each and a third run that is in progress. Positions of the chain: see the first spec. */
async function fill(temp: TempAudit): Promise<void> {
  const { store } = await temp.open();
  for (const batch of [1, 2]) {
    const first = batch * 2 - 1;
    await store.startBatch(batchStart(batch, { first, slots: 2, recipeText: `{"r":${batch}}`, time: batch * 100 }));
    for (const each of wholeRun(first, "PASS", undefined, "1", batch * 100)) await store.append(each);
    for (const each of wholeRun(first + 1, "FAIL", "at.timeout", "2", batch * 100)) await store.append(each);
    await store.finishBatch(batchId(batch), at(batch * 100 + 50), 1);
  }
  await store.startBatch(batchStart(3, { first: 5, time: 900, recipeText: '{"r":1}' }));
  await store.append(event(5, 1, note("in progress")));
  await store.close();
}

const misfitOf = (verdict: Verdict): Misfit | undefined => (verdict.ok ? undefined : verdict.misfit);

/** Recomputes every digest of the chain, as a forger without the key would. */
function rebuild(db: Database.Database, columns: { readonly delete?: string } = {}): void {
  const station = db
    .prepare<[], StationRow>("SELECT id, created_at AS createdAt, public_key AS publicKey FROM station")
    .get()!;
  const rows = db.prepare<[], ChainRow>(`SELECT * FROM event ${columns.delete ?? ""} ORDER BY position`).all();
  db.exec("DELETE FROM event");
  let previous = genesis(station);
  for (const [index, row] of rows.entries()) {
    const next = { ...row, position: index + 1, previous };
    previous = hashRow(next);
    db.prepare("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run(
      ...[next.position, next.run, next.seq, next.type, next.at, next.body, next.previous, previous],
    );
  }
}

describe("verifyDatabase", () => {
  let origin: TempAudit;
  let temp: TempAudit;
  beforeAll(async () => {
    origin = await TempAudit.make();
    await fill(origin);
  });
  afterAll(() => origin.dispose());
  beforeEach(async () => {
    temp = await TempAudit.make();
    for (const name of ["audit.db", "audit.db.head"]) await copyFile(origin.path(name), temp.path(name));
  });
  afterEach(() => temp.dispose());

  const forge = (change: (db: Database.Database) => void): void => {
    temp.tamper("SELECT 1");
    const db = new Database(temp.file);
    db.pragma("foreign_keys = OFF");
    change(db);
    db.close();
  };

  it("accepts what the station wrote, as a copy without its key, and leaves nothing behind", async () => {
    expect(temp.rows("SELECT group_concat(type, ' ') AS types FROM event")).toEqual([
      {
        types: [
          ...["station.started", "chain.head"],
          ...["batch.started", "run.started", "run.started"],
          ...["unit.identified", "command.announced", "command.concluded", "run.finished"],
          ...["unit.identified", "command.announced", "command.concluded", "run.finished"],
          ...["batch.finished", "chain.head"],
          ...["batch.started", "run.started", "run.started"],
          ...["unit.identified", "command.announced", "command.concluded", "run.finished"],
          ...["unit.identified", "command.announced", "command.concluded", "run.finished"],
          ...["batch.finished", "chain.head"],
          ...["batch.started", "run.started", "note", "chain.head"],
        ].join(" "),
      },
    ]);
    await rm(temp.path("audit.db-wal"), { force: true });
    await rm(temp.path("audit.db-shm"), { force: true });
    const before = await readFile(temp.file);
    const verdict = await verifyDatabase(temp.file);
    expect(verdict).toMatchObject({
      ...{ ok: true, kind: "database", events: 32, runs: 5, batches: 3, heads: 4, signedUpTo: 31, headFile: "present" },
    });
    expect((await readFile(temp.file)).equals(before)).toBe(true);
    expect((await readdir(temp.folder)).sort()).toEqual(["audit.db", "audit.db.head"]);
  });

  it.each<[string, string, Partial<Misfit>]>([
    [
      "a changed body",
      "UPDATE event SET body = replace(body, '12.5', '12.6') WHERE position = 8",
      { table: "event", row: "8" },
    ],
    [
      "a changed time",
      "UPDATE event SET at = '2026-01-01T00:00:00.000Z' WHERE position = 7",
      { table: "event", row: "7" },
    ],
    ["a changed number", "UPDATE event SET seq = 40 WHERE position = 7", { table: "event", row: "7" }],
    [
      "an event of another run",
      `UPDATE event SET run = '${runId(5)}', seq = 9 WHERE position = 7`,
      { table: "event", row: "7" },
    ],
    [
      "a changed digest",
      `UPDATE event SET hash = '${"0".repeat(64)}' WHERE position = 9`,
      { table: "event", row: "9" },
    ],
    [
      "a changed link",
      `UPDATE event SET previous = '${"0".repeat(64)}' WHERE position = 9`,
      { table: "event", row: "9" },
    ],
    [
      "a deleted event",
      "DELETE FROM event WHERE position = 8",
      { table: "event", row: "8", what: "the row is missing" },
    ],
    ["a deleted first event", "DELETE FROM event WHERE position = 1", { table: "event", row: "1" }],
    [
      "swapped events",
      `UPDATE event SET position = -1 WHERE position = 6; UPDATE event SET position = 6 WHERE position = 7;
      UPDATE event SET position = 7 WHERE position = -1`,
      { table: "event", row: "6" },
    ],
    [
      "an inserted event",
      `UPDATE event SET position = -position WHERE position > 8; UPDATE event SET position = 1 - position WHERE position < 0;
      INSERT INTO event SELECT 9, NULL, NULL, type, at, body, previous, hash FROM event WHERE position = 1`,
      { table: "event", row: "9" },
    ],
    [
      "an appended event",
      "INSERT INTO event SELECT 33, NULL, NULL, type, at, body, previous, hash FROM event WHERE position = 1",
      { table: "event", row: "33" },
    ],
    ["a cut tail", "DELETE FROM event WHERE position > 30", { table: "event", row: "31" }],
    ["a cut last head", "DELETE FROM event WHERE position = 32", { table: "event", row: "32" }],
    [
      "a nicer outcome",
      `UPDATE run SET outcome = 'PASS', code = NULL WHERE id = '${runId(2)}'`,
      { table: "run", row: runId(2), what: "column outcome is not what the run's events tell" },
    ],
    [
      "another unit",
      `UPDATE run SET imei = '000000000000000' WHERE id = '${runId(3)}'`,
      { table: "run", row: runId(3) },
    ],
    [
      "another operator",
      `UPDATE run SET operator = 'nobody' WHERE id = '${runId(3)}'`,
      { table: "run", row: runId(3) },
    ],
    [
      "a finished run in progress",
      `UPDATE run SET outcome = 'PASS', finished_at = '${at(1)}' WHERE id = '${runId(5)}'`,
      { table: "run", row: runId(5) },
    ],
    [
      "a deleted run",
      `DELETE FROM run WHERE id = '${runId(2)}'`,
      { table: "run", row: runId(2), what: "the row is missing" },
    ],
    [
      "an added run",
      `INSERT INTO run SELECT '${runId(9)}', batch, slot, uuid, imei, board_serial, outcome, code, started_at, finished_at,
      recipe, recipe_sha256, operator, station, link, model, firmware, hardware, iccid, release, elapsed_ms, again, training, purpose
      FROM run LIMIT 1`,
      { table: "run", row: runId(9) },
    ],
    [
      "a changed batch",
      `UPDATE batch SET pass = 2, fail = 0 WHERE id = '${batchId(1)}'`,
      { table: "batch", row: batchId(1) },
    ],
    [
      "a changed open batch",
      `UPDATE batch SET fixture = 'x' WHERE id = '${batchId(3)}'`,
      { table: "batch", row: batchId(3) },
    ],
    ["a deleted batch", `DELETE FROM batch WHERE id = '${batchId(2)}'`, { table: "batch", row: batchId(2) }],
    [
      "an added batch",
      `INSERT INTO batch SELECT 'x', fixture, recipe, recipe_sha256, operator, training, station, started_at,
      finished_at, pass, fail, error, aborted FROM batch LIMIT 1`,
      { table: "batch", row: "x" },
    ],
    ["a changed recipe", "UPDATE recipe SET text = text || ' ' WHERE text = '{\"r\":1}'", { table: "recipe" }],
    ["a renamed recipe", "UPDATE recipe SET name = 'x' WHERE text = '{\"r\":1}'", { table: "recipe" }],
    ["a deleted recipe", "DELETE FROM recipe WHERE text = '{\"r\":2}'", { table: "recipe" }],
    [
      "an added recipe",
      `INSERT INTO recipe VALUES ('${"9f".repeat(32)}', 'x', 'y', 'z')`,
      { table: "recipe", row: "9f".repeat(32) },
    ],
    ["another station", "UPDATE station SET created_at = '2020-01-01T00:00:00.000Z'", { table: "station" }],
    ["a broken public key", "UPDATE station SET public_key = '{}'", { table: "station" }],
    ["a second station", "INSERT INTO station VALUES ('x', 'y', 'z')", { table: "station" }],
  ])("names the row of %s", async (_name, sql, misfit) => {
    temp.tamper(sql);
    expect(misfitOf(await verifyDatabase(temp.file))).toMatchObject(misfit);
  });

  it("finds a chain that was rebuilt without the key, at the first signature", async () => {
    forge((db) => {
      db.exec("UPDATE event SET body = replace(body, '12.5', '12.6') WHERE position = 8");
      rebuild(db);
    });
    expect(misfitOf(await verifyDatabase(temp.file))).toMatchObject({ table: "event", row: "15" });
  });

  it("finds a rebuilt chain whose heads were corrected, as their signatures do not hold", async () => {
    forge((db) => {
      db.exec("UPDATE event SET body = replace(body, '12.5', '12.6') WHERE position = 8");
      rebuild(db);
      const hash = String(db.prepare("SELECT hash FROM event WHERE position = 14").pluck().get());
      db.prepare("UPDATE event SET body = json_set(body, '$.hash', ?) WHERE position = 15").run(hash);
      rebuild(db);
    });
    expect(misfitOf(await verifyDatabase(temp.file))).toMatchObject({
      row: "15",
      what: "the signature is not the station's over this head",
    });
  });

  it("finds a rebuilt chain whose heads were taken out", async () => {
    for (const file of ["audit.db.head"]) await rm(temp.path(file));
    forge((db) => {
      db.exec("UPDATE event SET body = replace(body, '12.5', '12.6') WHERE position = 8");
      rebuild(db, { delete: "WHERE type <> 'chain.head'" });
    });
    expect(misfitOf(await verifyDatabase(temp.file))).toMatchObject({ table: "event", row: "2" });
  });

  it("finds a replaced signature", async () => {
    forge((db) => {
      const other = String(db.prepare("SELECT body ->> '$.jws' FROM event WHERE position = 27").pluck().get());
      db.prepare("UPDATE event SET body = json_set(body, '$.jws', ?) WHERE position = 15").run(other);
      rebuild(db);
    });
    expect(misfitOf(await verifyDatabase(temp.file))).toMatchObject({ table: "event", row: "15" });
  });

  it("finds a chain signed by another key, when the right key's thumbprint is given", async () => {
    const verdict = await verifyDatabase(temp.file);
    const key = verdict.ok ? verdict.key : "";
    expect(await verifyDatabase(temp.file, { key })).toMatchObject({ ok: true });
    expect(misfitOf(await verifyDatabase(temp.file, { key: `${key.slice(1)}A` }))).toMatchObject({ table: "station" });
  });

  it("takes a missing head file for what it is, and refuses a damaged or foreign one", async () => {
    await writeFile(temp.path("audit.db.head"), "{}");
    expect(misfitOf(await verifyDatabase(temp.file))).toMatchObject({ table: "file", row: "head file" });
    const head = JSON.parse(await readFile(origin.path("audit.db.head"), "utf8")) as object;
    await writeFile(temp.path("audit.db.head"), JSON.stringify({ ...head, jws: "a.b.c" }));
    expect(misfitOf(await verifyDatabase(temp.file))).toMatchObject({ table: "file", row: "head file" });
    await writeFile(temp.path("audit.db.head"), JSON.stringify({ ...head, hash: "0".repeat(64) }));
    expect(misfitOf(await verifyDatabase(temp.file))).toMatchObject({ table: "event", row: "31" });
    await rm(temp.path("audit.db.head"));
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true, headFile: "absent" });
  });

  it("verifies beside a station that is writing", async () => {
    const { store } = await temp.open({ keyFolder: origin.path("audit.db.key") });
    await store.startBatch(batchStart(4, { first: 6 }));
    await store.append(event(6, 1, identified(6)));
    const verdict = verifyDatabase(temp.file);
    await store.append(event(6, 2, finished()));
    expect(await verdict).toMatchObject({ ok: true, runs: 6 });
  });

  it("stops when it is told to and tells how far it is", async () => {
    const steps: unknown[] = [];
    await verifyDatabase(temp.file, { progress: (step) => steps.push(step) });
    expect(steps).toEqual([{ done: 32, total: 32 }]);
    expect(await failureOf(verifyDatabase(temp.file, { signal: AbortSignal.abort() }))).toMatchObject({
      code: "station.aborted",
    });
  });

  it("can be recomputed by sqlite3 and sha256sum alone, as docs/audit-format.md says", async () => {
    const query = `SELECT previous || char(10) || position || char(10) || coalesce(run, '') || char(10) || coalesce(seq, '')
      || char(10) || type || char(10) || at || char(10) || body FROM event WHERE position = 8`;
    const text = execFileSync("sqlite3", [temp.file, query]);
    const sum = execFileSync("sha256sum", { input: text }).toString().slice(0, 64);
    expect(temp.rows("SELECT hash FROM event WHERE position = 8")).toEqual([{ hash: sum }]);
  });
});
