import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { batchId, batchStart, event, note, runId, wholeRun, at } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

describe("the database's own protection", () => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
    const { store } = await temp.open();
    await store.startBatch(batchStart(1, { slots: 2 }));
    for (const each of wholeRun(1)) await store.append(each);
    await store.append(event(2, 1, note("going on"), "2"));
    await store.startBatch(batchStart(2, { first: 3 }));
    await store.append(event(3, 1, { type: "run.finished", outcome: "PASS", release: "restored", elapsedMs: 1 }));
    await store.finishBatch(batchId(2), at(9), 1);
  });
  afterEach(() => temp.dispose());

  it.each([
    ["UPDATE event SET body = '{}' WHERE position = 2", "rows of table event cannot be changed"],
    ["DELETE FROM event WHERE position = 2", "rows of table event cannot be deleted"],
    ["INSERT INTO event SELECT 500, NULL, NULL, type, at, body, previous, hash FROM event LIMIT 1", "at its end only"],
    ["INSERT OR REPLACE INTO event SELECT * FROM event WHERE position = 2", "at its end only"],
    [`UPDATE run SET outcome = 'FAIL' WHERE id = '${runId(1)}'`, "the row of a finished run cannot be changed"],
    [`UPDATE run SET slot = '9' WHERE id = '${runId(2)}'`, "the beginning of a run cannot be changed"],
    [`DELETE FROM run WHERE id = '${runId(2)}'`, "rows of table run cannot be deleted"],
    ["INSERT OR REPLACE INTO run SELECT * FROM run", "rows of table run cannot be replaced"],
    [`UPDATE batch SET operator = 'x' WHERE id = '${batchId(2)}'`, "the row of a finished batch cannot be changed"],
    [`DELETE FROM batch WHERE id = '${batchId(2)}'`, "rows of table batch cannot be deleted"],
    ["UPDATE recipe SET text = 'x'", "rows of table recipe cannot be changed"],
    ["DELETE FROM recipe", "rows of table recipe cannot be deleted"],
    ["UPDATE station SET public_key = 'x'", "the row of table station cannot be changed"],
    ["DELETE FROM station", "the row of table station cannot be deleted"],
    ["INSERT INTO station VALUES ('x', 'x', 'x')", "table station holds one row"],
  ])("refuses %s", (sql, message) => {
    expect(() => temp.tamper(sql, { triggers: true })).toThrow(message);
  });
});
