import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BatchLedger } from "../../src/audit/batch-ledger.ts";
import type { StationRow } from "../../src/audit/chain.ts";
import { openForWriting } from "../../src/audit/database-file.ts";
import { folderKeyKeeper } from "../../src/audit/key-keeper.ts";
import { Ledger } from "../../src/audit/ledger.ts";
import { SqliteAuditStore } from "../../src/audit/sqlite-audit-store.ts";
import { loadStationKey } from "../../src/audit/station-key.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { milliseconds } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { at, batchId, batchStart, event, failureOf, note, wholeRun } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

describe("an audit store on a full disk", () => {
  let temp: TempAudit;
  let db: Database.Database;
  let store: SqliteAuditStore;

  beforeEach(async () => {
    temp = await TempAudit.make();
    await (await temp.open()).store.close();
    db = openForWriting(temp.file);
    const station = db
      .prepare<[], StationRow>("SELECT id, created_at AS createdAt, public_key AS publicKey FROM station")
      .get()!;
    const key = await loadStationKey(folderKeyKeeper(`${temp.file}.key`), station.publicKey);
    const ledger = new Ledger(db, station);
    const parts = {
      db,
      station,
      key,
      ledger,
      batches: new BatchLedger(db, ledger, station.id),
      clock: new VirtualClock(),
    };
    const lock = { release: () => undefined };
    store = new SqliteAuditStore({ ...parts, lock, commitWindow: milliseconds(0), queueLimit: 1000, reserve: 0 });
  });
  afterEach(async () => {
    await store.close().catch(() => undefined);
    await temp.dispose();
  });

  const fill = (): void => void db.pragma(`max_page_count = ${Number(db.pragma("page_count", { simple: true }))}`);
  const empty = (): void => void db.pragma("max_page_count = 1000000");
  const big = note("x".repeat(500));

  it("fails every waiting event as audit.full and keeps what was confirmed", async () => {
    await store.startBatch(batchStart());
    await store.append(event(1, 1, note("confirmed")));
    fill();
    const failures = await Promise.all(
      Array.from({ length: 60 }, (_, index) => failureOf(store.append(event(1, index + 2, big)))),
    );
    expect(new Set(failures.map((failure) => failure.code))).toEqual(new Set(["audit.full"]));
    expect(temp.rows("SELECT max(seq) AS seq FROM event WHERE run IS NOT NULL")).toEqual([{ seq: 1 }]);
  });

  it("starts no batch while the disk is full, and works again when there is space", async () => {
    await store.startBatch(batchStart());
    fill();
    await Promise.allSettled(Array.from({ length: 60 }, (_, index) => store.append(event(1, index + 1, big))));
    expect(await failureOf(() => store.assertWritable())).toMatchObject({ code: "audit.full" });
    expect(await failureOf(store.startBatch(batchStart(2, { first: 2 })))).toMatchObject({ code: "audit.full" });
    empty();
    expect(() => store.assertWritable()).not.toThrow();
    for (const each of wholeRun(1)) await store.append(each);
    await store.finishBatch(batchId(1), at(9), 1);
    await store.startBatch(batchStart(2, { first: 2 }));
    await store.append(event(2, 1, { type: "run.finished", outcome: "PASS", release: "restored", elapsedMs: 1 }));
    await store.finishBatch(batchId(2), at(10), 1);
    await store.close();
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true, runs: 2, batches: 2 });
  });

  it("signs a batch's end later when the disk was full at that moment", async () => {
    await store.startBatch(batchStart());
    for (const each of wholeRun(1)) await store.append(each);
    db.exec(
      "CREATE TEMP TRIGGER no_head BEFORE INSERT ON event WHEN NEW.type = 'chain.head' BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    await failureOf(store.finishBatch(batchId(1), at(9), 1));
    expect(await failureOf(store.startBatch(batchStart(2, { first: 2 })))).toBeDefined();
    db.exec("DROP TRIGGER no_head");
    await store.startBatch(batchStart(2, { first: 2 }));
    await store.close();
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true, batches: 2 });
  });

  it("needs its reserve of free space to start a batch", async () => {
    await store.close();
    const { store: careful } = await temp.open({ reserve: Number.MAX_SAFE_INTEGER });
    expect(await failureOf(careful.startBatch(batchStart()))).toMatchObject({
      code: "audit.full",
      facts: { needed: { value: Number.MAX_SAFE_INTEGER, unit: "bytes" } },
    });
  });

  it("names a database that another program keeps locked", async () => {
    const other = new Database(temp.file);
    other.exec("BEGIN IMMEDIATE");
    expect(await failureOf(() => store.assertWritable())).toMatchObject({ code: "audit.locked" });
    other.exec("ROLLBACK");
    other.close();
    expect(() => store.assertWritable()).not.toThrow();
  });

  it("fails as audit.unwritable on a database that became read-only", async () => {
    await store.startBatch(batchStart());
    db.pragma("query_only = ON");
    expect(await failureOf(store.append(event(1, 1, note("x"))))).toMatchObject({ code: "audit.unwritable" });
    expect(await failureOf(() => store.assertWritable())).toMatchObject({ code: "audit.unwritable" });
    db.pragma("query_only = OFF");
    await expect(store.append(event(1, 1, note("x")))).resolves.toBeUndefined();
  });
});
