import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditStore } from "../../src/audit/audit-store.ts";
import { genesis, hashRow } from "../../src/audit/chain.ts";
import type { AuditOptions } from "../../src/audit/open-audit-store.ts";
import type { Outbox } from "../../src/audit/outbox.ts";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { at, batchId, batchStart, event, failureOf, note, runId } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

let temp: TempAudit;
beforeEach(async () => {
  temp = await TempAudit.make();
});
afterEach(async () => temp.dispose());

async function open(options: Partial<AuditOptions> = {}): Promise<{ store: AuditStore; outbox: Outbox }> {
  const { store } = await temp.open({ line: "everything", ...options });
  if (store.outbox === undefined) throw new TypeError("there is no outbox");
  return { store, outbox: store.outbox };
}

const positions = (outbox: Outbox, after = 0, limit = 1000): readonly number[] =>
  outbox.waiting(after, limit).map(({ position }) => position);

describe("a database that belongs to no line", () => {
  it("has no outbox, and nothing waits in it", async () => {
    const { store } = await temp.open();
    await store.startBatch(batchStart());
    expect(store.outbox).toBeUndefined();
    await store.close();
    expect(temp.rows("SELECT * FROM outbox")).toEqual([]);
    expect(temp.rows("SELECT * FROM outbox_mark")).toEqual([]);
  });
});

describe("a database that belongs to a line", () => {
  it("lets every event wait, whole and in order", async () => {
    const { store, outbox } = await open();
    await store.startBatch(batchStart());
    await store.append(event(1, 1, note("one")));
    const rows = outbox.waiting(0, 100);
    expect(rows.map(({ type }) => type)).toEqual([
      ...["station.started", "chain.head", "batch.started", "run.started", "note"],
    ]);
    expect(rows.map((row) => hashRow(row))).toEqual(rows.map(({ hash }) => hash));
    expect(rows[0]?.previous).toBe(genesis(outbox.identity));
    expect(outbox.size).toBe(5);
    expect(positions(outbox, 3)).toEqual([4, 5]);
    expect(positions(outbox, 0, 2)).toEqual([1, 2]);
    expect(outbox.run(runId(1))).toMatchObject({ id: runId(1), outcome: null });
    expect(outbox.run(runId(2))).toBeUndefined();
  });

  it("forgets what the line has, and tells how far that is", async () => {
    const { store, outbox } = await open();
    await store.startBatch(batchStart());
    await outbox.settle(3);
    await outbox.settle(2);
    expect([outbox.settled, outbox.size, positions(outbox)]).toEqual([3, 1, [4]]);
    await outbox.refill(1);
    expect([outbox.settled, outbox.size, positions(outbox)]).toEqual([1, 3, [2, 3, 4]]);
  });

  it("settles and fills in thousands a slice at a time, without a gap", async () => {
    const { store, outbox } = await open();
    await store.startBatch(batchStart());
    const notes = Array.from({ length: 5000 }, (_, index) => store.append(event(1, index + 1, note("one"))));
    await Promise.all(notes);
    await outbox.settle(4500);
    expect([outbox.settled, outbox.size]).toEqual([4500, 504]);
    await outbox.refill(100);
    expect([outbox.settled, outbox.size]).toEqual([100, 4904]);
    expect(positions(outbox, 0, 10_000)).toEqual(Array.from({ length: 4904 }, (_, index) => index + 101));
  });

  it("calls once an event is on the disk, and tells of none before", async () => {
    const { store, outbox } = await open();
    let calls = 0;
    const end = outbox.subscribe(() => {
      expect(positions(outbox).length).toBe(outbox.size);
      calls += 1;
    });
    const started = store.startBatch(batchStart());
    await started;
    expect(calls).toBe(1);
    await outbox.settle(4);
    expect(calls).toBe(1);
    end();
    await store.append(event(1, 1, note("one")));
    expect(calls).toBe(1);
  });

  it("leaves an event that was refused out of it", async () => {
    const { store, outbox } = await open();
    await store.startBatch(batchStart());
    expect(await failureOf(() => store.append(event(1, 7, note("gap"))))).toMatchObject({ code: "audit.gap" });
    expect(positions(outbox)).toEqual([1, 2, 3, 4]);
  });

  it("stays one whoever opens it next, and still verifies", async () => {
    const first = await open();
    await first.store.startBatch(batchStart());
    await first.outbox.settle(2);
    await first.store.close();
    const { store } = await temp.open();
    await store.finishBatch(batchId(1), at(9), 1);
    await store.close();
    expect(await verifyFile(temp.file)).toMatchObject({ ok: true });
    const { outbox } = await open();
    expect(outbox.settled).toBe(2);
    const waiting = positions(outbox);
    expect(waiting).toEqual(waiting.map((_, index) => index + 3));
    expect(outbox.size).toBe(waiting.length);
  });
});

describe("a database with a history that joins a line", () => {
  beforeEach(async () => {
    const { store } = await temp.open();
    await store.startBatch(batchStart());
    await store.close();
  });

  it("gives everything", async () => {
    const { outbox } = await open();
    expect([outbox.started, outbox.settled, positions(outbox)[0]]).toEqual([0, 0, 1]);
  });

  it("or only what comes from then on, which no refill changes", async () => {
    const { store, outbox } = await open({ line: "from-now" });
    const before = outbox.started;
    expect(before).toBeGreaterThan(4);
    expect(positions(outbox)[0]).toBe(before + 1);
    await outbox.refill(0);
    expect([outbox.settled, positions(outbox)[0]]).toEqual([before, before + 1]);
    await store.close();
    expect((await open()).outbox.started).toBe(before);
  });
});
