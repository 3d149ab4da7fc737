import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { History } from "../../src/audit/history.ts";
import type { RunFilter } from "../../src/contract/station-request.ts";
import { batchStart, runId, uuidOf, wholeRun } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

describe("searching the history", () => {
  let audit: TempAudit;
  let history: History;

  beforeEach(async () => {
    audit = await TempAudit.make();
    const { store } = await audit.open();
    await store.startBatch(batchStart(1, { slots: 12 }));
    for (let count = 1; count <= 12; count++)
      for (const event of wholeRun(count, "PASS", undefined, String(count))) await store.append(event);
    history = new History(audit.file);
  });

  afterEach(async () => {
    history.close();
    await audit.dispose();
  });

  const found = (filter: RunFilter): string[] => history.runs({ filter, limit: 100 }).runs.map(({ id }) => id);

  it.each([
    ["a board serial", "SN-1", [12, 11, 10, 1]],
    ["an IMEI", "35000000000000", [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ["a device UUID in upper case", uuidOf(12).slice(0, -1).toUpperCase(), [12, 11, 10]],
    ["a sign that SQL knows", "SN-%", []],
  ])("finds units by how %s begins", (_name, unitStart, counts) => {
    expect(found({ unitStart })).toEqual(counts.map((count) => runId(count)));
  });

  it("passes over as many runs as asked before a page begins", () => {
    const page = history.runs({ filter: {}, skip: 9, limit: 2 });
    expect(page.runs.map(({ id }) => id)).toEqual([runId(3), runId(2)]);
    expect(history.runs({ filter: {}, after: page.next!, skip: 0, limit: 5 }).runs.map(({ id }) => id)).toEqual([
      runId(1),
    ]);
    expect(history.runs({ filter: {}, skip: 12, limit: 5 })).toEqual({ runs: [] });
  });
});
