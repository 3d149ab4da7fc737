import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditStore } from "../../src/audit/audit-store.ts";
import { migrate } from "../../src/audit/migrate.ts";
import { CONFLICTS_QUERY, LINE_EVENTS_QUERY } from "../../src/audit/sqlite-line-book.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import type { LineUnitEvent } from "../../src/contract/line-event.ts";
import { MemoryAuditStore } from "../fakes/memory-audit-store.ts";
import { at, batchId, batchStart, event, identified, runId, uuidOf, wholeRun } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const OTHER = "00000000-0000-7000-8000-000000000099";
const ofRun = (run: number, time: number) => ({ at: at(time), run: runId(run), uuid: uuidOf(run) });
const alone = (run: number, time = run): LineUnitEvent => ({
  ...{ type: "line.alone", ...ofRun(run, time), slot: "1" as never, reason: "unclaimed" },
});
const reconciled = (run: number): LineUnitEvent => ({ type: "line.reconciled", ...ofRun(run, 50) });
const conflict = (run: number, time: number): LineUnitEvent => ({
  ...{ type: "line.conflict", ...ofRun(run, time), what: "passed", otherStation: OTHER, other: "b" },
  ...{ otherRun: runId(70), otherAt: at(1) },
});

/** Three runs of their own batches: one passed, one failed, one in progress. */
async function fill(store: AuditStore): Promise<void> {
  const ends = [() => wholeRun(1), () => wholeRun(2, "FAIL", "at.timeout"), () => [event(3, 1, identified(3))]];
  for (const [index, events] of ends.entries()) {
    await store.startBatch(batchStart(index + 1, { first: index + 1, time: index * 100 }));
    for (const each of events()) await store.append(each);
    if (index < 2) await store.finishBatch(batchId(index + 1), at(index * 100 + 60), 1);
  }
}

function contract(name: string, open: () => Promise<AuditStore>): void {
  describe(`${name}: what the chain says about units of a line`, () => {
    it("names ended runs that went on alone, until they are settled", async () => {
      const store = await open();
      await fill(store);
      for (const run of [1, 2, 3]) await store.line.note(alone(run));
      expect(store.line.endedAlone()).toMatchObject([
        { run: runId(1), uuid: uuidOf(1), provisions: true, again: false, passedAt: wholeRun(1).at(-1)?.at },
        { run: runId(2), provisions: true },
      ]);
      expect(store.line.endedAlone()[1]).not.toHaveProperty("passedAt");
      await store.line.note(reconciled(1));
      await store.line.note(conflict(2, 60));
      expect(store.line.endedAlone()).toEqual([]);
      await store.line.note({ ...alone(1, 70), reason: "lapsed" } as LineUnitEvent);
      expect(store.line.endedAlone()).toMatchObject([{ run: runId(1) }]);
    });

    it("tells the newest conflicts first, as many as asked for", async () => {
      const store = await open();
      for (const run of [1, 2, 3]) await store.line.note(conflict(run, run));
      expect(store.line.conflicts(2).map(({ run }) => run)).toEqual([runId(3), runId(2)]);
      expect(store.line.conflicts(9)).toHaveLength(3);
    });
  });
}

describe("the line book", () => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
  });
  afterEach(() => temp.dispose());

  contract("SQLite", async () => (await temp.open()).store);
  contract("the fake", async () => new MemoryAuditStore());

  it("survives a restart and leaves a chain that verifies", async () => {
    const { store } = await temp.open();
    await fill(store);
    await store.line.note(alone(1));
    await store.line.note(conflict(2, 60));
    await store.close();
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true });
    const again = await temp.open();
    expect(again.store.line.endedAlone()).toMatchObject([{ run: runId(1) }]);
    expect(again.store.line.conflicts(9)).toMatchObject([{ run: runId(2), other: "b" }]);
  });
});

describe("migration 4: events of the line", () => {
  it("lets them be found without reading the chain", () => {
    const folder = mkdtempSync(join(tmpdir(), "audit-"));
    const db = new Database(join(folder, "audit.db"));
    try {
      migrate(db, 4);
      const plan = (query: string, ...holes: readonly number[]): string =>
        db
          .prepare<unknown[], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${query}`)
          .all(...holes)
          .map(({ detail }) => detail)
          .join();
      expect(plan(LINE_EVENTS_QUERY)).toContain("event_line");
      expect(plan(CONFLICTS_QUERY, 5)).toContain("event_line");
    } finally {
      db.close();
      rmSync(folder, { recursive: true });
    }
  });
});
