import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditStore } from "../../src/audit/audit-store.ts";
import { openAuditStore } from "../../src/audit/open-audit-store.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { RunEventSchema } from "../../src/contract/run-event.ts";
import type { Secret } from "../../src/core/secret.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { WriterChild } from "./child.ts";
import {
  announced,
  at,
  batchId,
  batchStart,
  concluded,
  event,
  failureOf,
  finished,
  identified,
  note,
  runId,
  settled,
  uuidOf,
  wholeRun,
} from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const REFUSALS = ["audit.corrupt", "audit.cut", "audit.foreign", "audit.key", "audit.newer"];

const closed = async (store: AuditStore): Promise<"opened"> => {
  // The damage may show at last when the log is written back.
  await store.close().catch(() => undefined);
  return "opened";
};

describe("openAuditStore", () => {
  let temp: TempAudit;
  const children: WriterChild[] = [];
  beforeEach(async () => {
    temp = await TempAudit.make();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    await temp.dispose();
  });
  const child = (mode: "append" | "hold"): WriterChild => {
    const started = new WriterChild(temp.file, mode);
    children.push(started);
    return started;
  };

  it("makes database, key, head and lock beside each other, the key for its owner only", async () => {
    const { store, recovered } = await temp.open({ version: "1.2.3" });
    expect(recovered).toEqual([]);
    const { mode } = await stat(temp.path("audit.db.key/station-key.pem"));
    expect(process.platform === "win32" ? 0o600 : mode & 0o777).toBe(0o600);
    await store.close();
    expect((await readdir(temp.folder)).sort()).toEqual(["audit.db", "audit.db.head", "audit.db.key", "audit.db.lock"]);
    expect(temp.rows("SELECT type, body ->> '$.version' AS version FROM event")).toEqual([
      { type: "station.started", version: "1.2.3" },
      { type: "chain.head", version: null },
    ]);
  });

  it("writes ahead, with every commit on the disk before it is acknowledged", async () => {
    const { store } = await temp.open();
    expect(temp.rows("PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
    expect(store.stationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("keeps station, key and settings from one start to the next", async () => {
    const first = await temp.open();
    await first.store.startBatch(batchStart());
    for (const each of wholeRun(1)) await first.store.append(each);
    await first.store.putSetting(uuidOf(1), "after", "abc", runId(1));
    await first.store.finishBatch(batchId(1), at(9), 1);
    await first.store.close();
    const second = await temp.open();
    expect(second.store.stationId).toBe(first.store.stationId);
    expect(second.store.settingsOf(uuidOf(1))).toEqual({ after: "abc" });
    expect(second.store.passedBefore(uuidOf(1))).toMatchObject({ runId: runId(1) });
    await second.store.close();
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true, runs: 1 });
  });

  it("keeps the key where it is told to", async () => {
    const kept: Secret[] = [];
    const keys = { load: async () => kept[0], keep: async (key: Secret) => void kept.push(key) };
    await (await temp.open({ keys })).store.close();
    await (await temp.open({ keys })).store.close();
    expect(kept).toHaveLength(1);
    expect(await readdir(temp.folder)).not.toContain("audit.db.key");
    await (await temp.open({ file: temp.path("b.db"), keyFolder: temp.path("keys") })).store.close();
    expect(await readdir(temp.path("keys"))).toEqual(["station-key.pem"]);
  });

  it("refuses a database whose key is missing, damaged or another's", async () => {
    await (await temp.open()).store.close();
    expect(await failureOf(temp.open({ keyFolder: temp.path("elsewhere") }))).toMatchObject({ code: "audit.key" });
    await (await temp.open({ file: temp.path("other.db") })).store.close();
    expect(await failureOf(temp.open({ keyFolder: temp.path("other.db.key") }))).toMatchObject({ code: "audit.key" });
    await writeFile(temp.path("audit.db.key/station-key.pem"), "nonsense");
    expect(await failureOf(temp.open())).toMatchObject({ code: "audit.key" });
  });

  it("refuses a second writer in the same process", async () => {
    const { store } = await temp.open({ program: "desk" });
    expect(await failureOf(temp.open())).toMatchObject({
      code: "audit.in-use",
      facts: { pid: process.pid, program: "desk" },
    });
    await store.close();
    await expect(temp.open()).resolves.toBeDefined();
  });

  it("refuses a second writer in another process and names it, and is free when that one is killed", async () => {
    const holder = child("hold");
    await holder.lines(1);
    expect(await failureOf(temp.open())).toMatchObject({
      code: "audit.in-use",
      facts: { pid: holder.process.pid, program: "writer-child" },
    });
    await holder.kill();
    await expect(temp.open()).resolves.toBeDefined();
  });

  it("is not stopped by a lock file that a crash left damaged", async () => {
    await writeFile(temp.path("audit.db.lock"), "not a lock ".repeat(100));
    await expect(temp.open()).resolves.toBeDefined();
  });

  it("loses no acknowledged event when it is killed in the middle of appends, and closes what was open", async () => {
    const writer = child("append");
    await writer.lines(12);
    await writer.kill();
    const acknowledged = Number(writer.last);
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true });
    const { recovered } = await temp.open();
    expect(recovered).toMatchObject([
      {
        runId: runId(1),
        slot: "1",
        batch: batchId(1),
        uuid: uuidOf(1),
        lastCommand: expect.stringContaining("%CMNG 0,16842753") as string,
      },
      { runId: runId(2), slot: "2", batch: batchId(1) },
    ]);
    const [stored] = temp.rows(`SELECT max(seq) - 1 AS seq FROM event WHERE run = '${runId(2)}'`);
    expect(stored?.["seq"]).toBeGreaterThanOrEqual(acknowledged);
    expect(temp.rows("SELECT outcome, code, finished_at IS NOT NULL AS done FROM run")).toEqual([
      { outcome: "ABORTED", code: "run.interrupted", done: 1 },
      { outcome: "ABORTED", code: "run.interrupted", done: 1 },
    ]);
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true, runs: 2 });
  });

  it("tells of a recovered run in its last event: what was announced, and that the modem may be in any state", async () => {
    const clock = new VirtualClock(Date.UTC(2026, 2, 1, 9));
    const { store } = await temp.open();
    await store.startBatch(batchStart(1, { slots: 3 }));
    const bodies = [identified(1), announced(1), concluded(1), announced(2)];
    for (const [index, body] of bodies.entries()) await store.append(event(1, index + 1, body, "1", 250 * (index + 1)));
    for (const [index, body] of bodies.slice(0, 3).entries()) await store.append(event(2, index + 1, body, "2"));
    await store.close();
    const { recovered } = await temp.open({ clock });
    expect(recovered.map((run) => run.lastCommand !== undefined)).toEqual([true, false, false]);
    const last = temp.rows("SELECT body FROM event WHERE type = 'run.finished' ORDER BY position");
    const events = last.map(({ body }) => RunEventSchema.parse(JSON.parse(String(body))));
    expect(events).toMatchObject([
      { seq: 5, at: "2026-03-01T09:00:00.000Z", outcome: "ABORTED", release: "unreachable", elapsedMs: 1000 },
      { seq: 4, outcome: "ABORTED", release: "unreachable", elapsedMs: 3 },
      { seq: 1, outcome: "ABORTED", release: "untouched", elapsedMs: 0 },
    ]);
    expect(events[0]).toMatchObject({
      error: { code: "run.interrupted", facts: { lastCommand: expect.stringContaining("length:2") as string } },
    });
    expect(temp.rows("SELECT finished_at, aborted FROM batch")).toEqual([
      { finished_at: "2026-03-01T09:00:00.000Z", aborted: 3 },
    ]);
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true });
  });

  it.each([
    ["random bytes", randomBytes(20_000), "audit.foreign"],
    ["a text", Buffer.from("hello"), "audit.foreign"],
    ["a header alone", Buffer.from("SQLite format 3\0"), "audit.corrupt"],
  ])("refuses %s and leaves the file as it is", async (_name, content, code) => {
    await writeFile(temp.file, content);
    expect(await failureOf(temp.open())).toMatchObject({ code });
    expect((await readFile(temp.file)).equals(content)).toBe(true);
    expect(await readdir(temp.folder)).not.toContain("audit.db-wal");
  });

  it("refuses a damaged database at any place, or finds it whole, and never changes the damaged file", async () => {
    const { store } = await temp.open();
    await store.startBatch(batchStart(1, { slots: 20 }));
    for (let run = 1; run <= 20; run++)
      for (const each of wholeRun(run, "PASS", undefined, String(run))) await store.append(each);
    await store.finishBatch(batchId(1), at(9), 1);
    await store.close();
    const whole = await readFile(temp.file);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 3000 }),
        async (offset, junk) => {
          const damaged = Buffer.from(whole);
          damaged.set(junk.subarray(0, whole.length - offset), offset);
          await writeFile(temp.file, damaged);
          const opened = await settled(temp.open());
          const code = "store" in opened ? await closed(opened.store) : opened.code;
          const isUnchanged = (await readFile(temp.file)).equals(damaged);
          return code === "opened" || (isUnchanged && REFUSALS.includes(code));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("refuses the database of another program", async () => {
    const foreign = new Database(temp.file);
    foreign.exec("CREATE TABLE t (x)");
    foreign.close();
    expect(await failureOf(temp.open())).toMatchObject({ code: "audit.foreign" });
  });

  it("refuses a database of a newer station", async () => {
    await (await temp.open()).store.close();
    temp.tamper("PRAGMA user_version = 99");
    expect(await failureOf(temp.open())).toMatchObject({ code: "audit.newer", facts: { found: 99 } });
  });

  it("refuses a chain that is broken at its end", async () => {
    await (await temp.open()).store.close();
    temp.tamper("UPDATE event SET at = '2020-01-01T00:00:00.000Z' WHERE position = 2");
    expect(await failureOf(temp.open())).toMatchObject({ code: "audit.corrupt", facts: { position: 2 } });
  });

  it("refuses to go on when signed rows were cut off, so that the evidence stays", async () => {
    await (await temp.open()).store.close();
    await (await temp.open()).store.close();
    const head = await readFile(temp.path("audit.db.head"));
    temp.tamper("DELETE FROM event WHERE position > 2");
    expect(await failureOf(temp.open())).toMatchObject({ code: "audit.cut", facts: { position: 3 } });
    expect((await readFile(temp.path("audit.db.head"))).equals(head)).toBe(true);
    for (const text of ["", "{}", '{"position":2,"hash":"x","jws":"a.b.c"}']) {
      await writeFile(temp.path("audit.db.head"), text);
      expect(await failureOf(temp.open())).toMatchObject({ code: "audit.cut" });
    }
    await rm(temp.path("audit.db.head"));
    await expect(temp.open()).resolves.toBeDefined();
  });

  it("names a folder that does not exist or a file that is a folder", async () => {
    const missing = temp.path("nowhere/audit.db");
    expect(await failureOf(temp.open({ file: missing }))).toMatchObject({
      code: "audit.missing",
    });
    await mkdir(temp.path("folder.db"));
    expect(await failureOf(temp.open({ file: temp.path("folder.db") }))).toMatchObject({ code: "audit.missing" });
  });

  it("commits what is grouped within the window and at once where it matters", async () => {
    const clock = new VirtualClock();
    const { store } = await openAuditStore({ file: temp.file, clock, random: randomBytes });
    const count = (): unknown => temp.rows("SELECT count(*) AS n FROM event WHERE run IS NOT NULL")[0]?.["n"];
    await store.startBatch(batchStart());
    const grouped = store.append(event(1, 1, note("waits")));
    await new Promise((resolve) => setImmediate(resolve));
    expect(count()).toBe(1);
    await store.append(event(1, 2, finished()));
    expect(count()).toBe(3);
    await grouped;
    await store.close();
  });
});
