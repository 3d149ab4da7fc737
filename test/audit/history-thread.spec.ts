import { writeFile, readdir } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditStore } from "../../src/audit/audit-store.ts";
import { HistoryClient } from "../../src/audit/history-thread.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { at, batchId, batchStart, failureOf, runId, settled, wholeRun } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

describe("HistoryClient", () => {
  let temp: TempAudit;
  let store: AuditStore;
  let history: HistoryClient;
  beforeEach(async () => {
    temp = await TempAudit.make();
    ({ store } = await temp.open());
    await store.startBatch(batchStart(1, { slots: 100 }));
    for (let run = 1; run <= 100; run++)
      for (const each of wholeRun(run, "PASS", undefined, String(run))) void store.append(each);
    await store.append(wholeRun(100, "PASS", undefined, "100")[3]!);
    await store.finishBatch(batchId(1), at(99), 1);
    history = new HistoryClient({ file: temp.file });
  });
  afterEach(async () => {
    await history.close();
    await temp.dispose();
  });

  it("answers runs, one run and counts, also when asked at the same time", async () => {
    const [page, run, counts] = await Promise.all([
      history.runs({ filter: {}, limit: 10 }),
      history.run(runId(1)),
      history.counts({}),
    ]);
    expect(page.runs).toHaveLength(10);
    expect(page.next).toBeDefined();
    expect(run?.events).toHaveLength(5);
    expect(counts).toMatchObject({ runs: 100, pass: 100 });
    expect(await history.run(runId(999))).toBeUndefined();
  });

  it("sees what the store wrote meanwhile", async () => {
    await history.counts({});
    await store.startBatch(batchStart(2, { first: 200 }));
    expect(await history.counts({})).toMatchObject({ runs: 101, running: 1 });
  });

  it("exports and verifies, telling how far it is", async () => {
    const steps: number[] = [];
    const progress = ({ done }: { readonly done: number }): void => void steps.push(done);
    const result = await history.export(
      { format: "csv", out: temp.path("runs.csv"), filter: {} },
      { clock: new VirtualClock(), store, progress },
    );
    expect(result).toMatchObject({ rows: 100, signature: "export" });
    expect(steps.at(-1)).toBe(100);
    expect(await history.verify({ file: temp.path("runs.csv") })).toMatchObject({ ok: true, rows: 100 });
    expect(await history.verify({ file: temp.file }, { progress })).toMatchObject({
      ok: true,
      kind: "database",
      runs: 100,
    });
  });

  it("brings errors over with code and facts", async () => {
    expect(await failureOf(history.verify({ file: temp.path("absent") }))).toMatchObject({
      code: "audit.missing",
      facts: { file: temp.path("absent") },
    });
    const absent = new HistoryClient({ file: temp.path("absent.db") });
    expect(await failureOf(absent.counts({}))).toMatchObject({ code: "audit.missing" });
    await absent.close();
  });

  it("stops what is cancelled and goes on with the rest", async () => {
    const controller = new AbortController();
    const verified = history.verify({ file: temp.file }, { signal: controller.signal });
    controller.abort();
    expect(await settled(verified)).toMatchObject({ code: "station.aborted" });
    expect(await failureOf(history.counts({}, { signal: AbortSignal.abort() }))).toMatchObject({
      code: "station.aborted",
    });
    expect(await history.counts({})).toMatchObject({ runs: 100 });
    expect((await readdir(temp.folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("fails what is asked when its thread dies, and starts another for the next", async () => {
    const entry = temp.path("dying.mjs");
    await writeFile(
      entry,
      'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(3));',
    );
    const dying = new HistoryClient({ file: temp.file, entry: pathToFileURL(entry) });
    expect(await failureOf(dying.counts({}))).toMatchObject({ code: "audit.thread" });
    expect(await failureOf(dying.counts({}))).toMatchObject({ code: "audit.thread" });
    await dying.close();
  });

  it("answers no more once it is closed", async () => {
    const asked = failureOf(history.counts({}));
    await history.close();
    expect((await asked).code).toBe("audit.closed");
    expect(await failureOf(history.counts({}))).toMatchObject({ code: "audit.closed" });
    await history.close();
  });
});
