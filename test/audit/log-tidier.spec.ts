import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HistoryClient } from "../../src/audit/history-thread.ts";
import { LogTidier } from "../../src/audit/log-tidier.ts";
import { batchStart, event, note } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const commit = (tidier: LogTidier, times: number): void => {
  for (let time = 0; time < times; time++) tidier.committed();
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("LogTidier", () => {
  it("asks for a checkpoint now and then, for one at a time", async () => {
    const asked: (() => void)[] = [];
    const tidier = new LogTidier(() => new Promise((resolve) => asked.push(resolve)));
    commit(tidier, 255);
    expect(asked).toHaveLength(0);
    commit(tidier, 1000);
    expect(asked).toHaveLength(1);
    asked[0]?.();
    await settled();
    commit(tidier, 1);
    expect(asked).toHaveLength(2);
  });

  it("asks again after one that failed", async () => {
    const asked: number[] = [];
    const tidier = new LogTidier(() => Promise.reject(new Error(`number ${asked.push(1)}`)));
    commit(tidier, 256);
    await settled();
    commit(tidier, 256);
    await settled();
    expect(asked).toHaveLength(2);
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
});
