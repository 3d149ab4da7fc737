import { copyFileSync, existsSync, statSync, truncateSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { growLog } from "../../src/audit/grow-log.ts";
import { HistoryClient } from "../../src/audit/history-thread.ts";
import { batchStart, event, note } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const SIZE = 16 * 1024 * 1024;

describe("growLog", () => {
  let temp: TempAudit;
  let history: HistoryClient;
  beforeEach(async () => {
    temp = await TempAudit.make();
    history = new HistoryClient({ file: temp.file });
  });
  afterEach(async () => {
    await history.close();
    await temp.dispose();
  });
  const open = () => temp.open({ checkpoint: () => history.checkpoint() });
  const logSize = (): number => statSync(`${temp.file}-wal`).size;

  it("gives the log its size before the first batch, and SQLite fills it from the beginning", async () => {
    const { store } = await open();
    expect(logSize()).toBe(SIZE);
    await store.startBatch(batchStart());
    for (let seq = 1; seq <= 600; seq++) await store.append(event(1, seq, note("x".repeat(400))));
    await history.checkpoint();
    await store.append(event(1, 601, note("after it")));
    expect(logSize()).toBe(SIZE);
    await store.close();
    expect(existsSync(`${temp.file}-wal`)).toBe(false);
    expect(temp.rows("SELECT max(seq) AS seq FROM event WHERE run IS NOT NULL")).toEqual([{ seq: 601 }]);
  });

  it("loses nothing of a station that is killed: what was told as recorded is there, and nothing else", async () => {
    const { store } = await open();
    await store.startBatch(batchStart());
    for (let seq = 1; seq <= 40; seq++) await store.append(event(1, seq, note(`event ${seq}`)));
    const copy = temp.path("killed.db");
    copyFileSync(temp.file, copy);
    copyFileSync(`${temp.file}-wal`, `${copy}-wal`);
    const db = new Database(copy);
    try {
      expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
      expect(db.prepare("SELECT max(seq) FROM event WHERE run IS NOT NULL").pluck().get()).toBe(40);
    } finally {
      db.close();
    }
  });

  it("leaves what is written already, and a log that is larger", async () => {
    const { store } = await temp.open();
    await store.startBatch(batchStart());
    const written = logSize();
    expect(written).toBeLessThan(SIZE);
    await growLog(temp.file);
    await store.append(event(1, 1, note("behind it")));
    expect(logSize()).toBe(SIZE);
    expect(temp.rows("SELECT max(seq) AS seq FROM event WHERE run IS NOT NULL")).toEqual([{ seq: 1 }]);
    await growLog(temp.file);
    const larger = temp.path("larger.db");
    writeFileSync(larger, "");
    writeFileSync(`${larger}-wal`, "");
    truncateSync(`${larger}-wal`, SIZE + 1);
    await growLog(larger);
    expect(statSync(`${larger}-wal`).size).toBe(SIZE + 1);
  });

  it("does without a log, and without a folder", async () => {
    await expect(growLog(temp.file)).resolves.toBeUndefined();
    await expect(growLog(temp.path("none/audit.db"))).resolves.toBeUndefined();
    expect(existsSync(`${temp.file}-wal`)).toBe(false);
  });
});
