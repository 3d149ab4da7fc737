import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { auditStoreContract } from "../audit/audit-store-contract.ts";
import { batchStart, event, failureOf, note, runId, wholeRun } from "../audit/samples.ts";
import { MemoryAuditStore } from "./memory-audit-store.ts";

auditStoreContract("MemoryAuditStore", async () => {
  const store = new MemoryAuditStore();
  return { store, dispose: () => store.close() };
});

describe("MemoryAuditStore", () => {
  it("shows its events and rows to a spec", async () => {
    const store = new MemoryAuditStore();
    await store.startBatch(batchStart());
    for (const each of wholeRun(1)) await store.append(each);
    expect(store.eventsOf(runId(1)).map((each) => each.seq)).toEqual([0, 1, 2, 3, 4]);
    expect(store.records).toMatchObject([{ id: runId(1), outcome: "PASS", boardSerial: "SN-1" }]);
  });

  it("fails every write with the error it was told, until it is told to be well", async () => {
    const store = new MemoryAuditStore();
    await store.startBatch(batchStart());
    store.failWith(new StationError("audit.full", "no space"));
    expect(await failureOf(store.append(event(1, 1, note("x"))))).toMatchObject({ code: "audit.full" });
    expect(await failureOf(() => store.assertWritable())).toMatchObject({ code: "audit.full" });
    store.failWith(undefined);
    await expect(store.append(event(1, 1, note("x")))).resolves.toBeUndefined();
  });
});
