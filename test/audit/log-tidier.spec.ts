import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HistoryClient } from "../../src/audit/history-thread.ts";
import { LogTidier } from "../../src/audit/log-tidier.ts";
import { batchStart, event, note } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const commit = (tidier: LogTidier, times: number): void => {
  for (let time = 0; time < times; time++) tidier.committed();
};
/** Holds nothing back. */
const free = { hold: <T>(work: () => Promise<T>): Promise<T> => work() };
const cold = () => ({
  warmed: 0,
  warm(): Promise<void> {
    this.warmed += 1;
    return Promise.resolve();
  },
});
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("LogTidier", () => {
  it("asks for a checkpoint now and then, for one at a time", async () => {
    const asked: ((frames: number) => void)[] = [];
    const tidier = new LogTidier(() => new Promise((resolve) => asked.push(resolve)), free, cold());
    commit(tidier, 255);
    expect(asked).toHaveLength(0);
    commit(tidier, 1000);
    expect(asked).toHaveLength(1);
    asked[0]?.(100);
    await settled();
    commit(tidier, 1);
    expect(asked).toHaveLength(2);
  });

  it("asks again after one that failed", async () => {
    const asked: number[] = [];
    const tidier = new LogTidier(() => Promise.reject(new Error(`number ${asked.push(1)}`)), free, cold());
    commit(tidier, 256);
    await settled();
    commit(tidier, 256);
    await settled();
    expect(asked).toHaveLength(2);
  });

  it("holds the commits back for the rest of a log that is long, so that it begins anew", async () => {
    const frames = [2047, 2048, 2200];
    const asked: string[] = [];
    const log = cold();
    const hold = <T>(work: () => Promise<T>): Promise<T> => {
      asked.push("hold");
      return work();
    };
    const tidier = new LogTidier(
      () => {
        asked.push("checkpoint");
        return Promise.resolve(frames.shift() ?? 0);
      },
      { hold },
      log,
    );
    commit(tidier, 256);
    await settled();
    expect([asked, log.warmed]).toEqual([["checkpoint"], 1]);
    commit(tidier, 256);
    await settled();
    expect([asked, log.warmed]).toEqual([["checkpoint", "checkpoint", "hold", "checkpoint"], 2]);
  });
});

describe("a checkpoint in the history thread", () => {
  it("moves the log into the database while the store goes on writing", async () => {
    const temp = await TempAudit.make();
    const history = new HistoryClient({ file: temp.file });
    const { store } = await temp.open({ checkpoint: () => history.checkpoint() });
    try {
      await store.startBatch(batchStart());
      for (let seq = 1; seq <= 300; seq++) await store.append(event(1, seq, note("x".repeat(400))));
      const before = statSync(temp.file).size;
      await history.checkpoint();
      expect(statSync(temp.file).size).toBeGreaterThanOrEqual(before);
      expect(statSync(temp.file).size).toBeGreaterThan(300 * 400);
      await store.append(event(1, 301, note("after it")));
      expect(temp.rows("SELECT max(seq) AS seq FROM event WHERE run IS NOT NULL")).toEqual([{ seq: 301 }]);
    } finally {
      await history.close();
      await temp.dispose();
    }
  });

  it("keeps the log of a busy store from growing, while nothing is lost", async () => {
    const temp = await TempAudit.make();
    const history = new HistoryClient({ file: temp.file });
    const { store } = await temp.open({ checkpoint: () => history.checkpoint() });
    try {
      await store.startBatch(batchStart());
      // Commits all the time: two rows of workers, each going on as soon as its event is on the disk.
      const rows = [1, 2].map(async (first) => {
        for (let seq = first; seq <= 6000; seq += 2) await store.append(event(1, seq, note("x".repeat(400))));
      });
      await Promise.all(rows);
      // Without a new beginning it comes to 43 MB.
      expect(statSync(`${temp.file}-wal`).size).toBeLessThan(32 * 1024 * 1024);
      expect(temp.rows("SELECT count(*) AS events FROM event WHERE run IS NOT NULL AND seq > 0")).toEqual([
        { events: 6000 },
      ]);
    } finally {
      await history.close();
      await temp.dispose();
    }
  });
});
