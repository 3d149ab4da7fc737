import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportName, historyHandlers, type FileDialogs } from "../../../main/desk/history-desk.ts";
import type { CentralReader } from "../../../main/shared-line/central.ts";
import { Jobs } from "../../../main/desk/jobs.ts";
import { HistoryClient } from "../../../src/audit/history-thread.ts";
import { openAuditStore, type OpenedAudit } from "../../../src/audit/open-audit-store.ts";
import { ExportAnswerSchema } from "../../../src/contract/desktop-history.ts";
import type { JobProgress } from "../../../src/contract/desktop-news.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { StationError } from "../../../src/core/error.ts";
import type { RunId } from "../../../src/core/ids.ts";

describe("historyHandlers", () => {
  let folder = "";
  let audit: OpenedAudit;
  let history: HistoryClient;
  const clock = new VirtualClock();
  const told: JobProgress[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "history-desk-"));
    const file = join(folder, "audit.db");
    audit = await openAuditStore({ file, clock, random: randomBytes });
    history = new HistoryClient({ file });
  });
  afterEach(async () => {
    await history.close();
    await audit.store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A central database that knows other runs than the station; refused while nobody has set one. */
  let line: Partial<CentralReader> | undefined;
  const central = async (): Promise<CentralReader> => {
    if (line === undefined) throw new StationError("desktop.no-central", "no central database is set");
    return line as CentralReader;
  };

  function handlersWith(chosen: string | undefined) {
    const dialogs: FileDialogs = { saveExport: async () => chosen, openRecord: async () => chosen };
    const jobs = new Jobs(clock, (progress) => told.push(progress));
    const record = join(folder, "audit.db");
    return historyHandlers({ history, central, store: audit.store, clock, jobs, dialogs, record });
  }

  it("reads pages, counts and single runs in the history thread", async () => {
    const handlers = handlersWith(undefined);
    expect(await handlers["history.runs"]({ query: { filter: {}, limit: 10 } })).toEqual({ runs: [] });
    expect(await handlers["history.counts"]({ filter: {} })).toMatchObject({ runs: 0, units: 0 });
    const id = "00000000-0000-7000-8000-000000000001" as RunId;
    expect(await handlers["history.run"]({ id })).toBeNull();
  });

  it("reads the whole line from its central database, and from nowhere else", async () => {
    const handlers = handlersWith(undefined);
    const query = { filter: {}, limit: 10 };
    const asked = { query, source: "line" as const };
    await expect(handlers["history.runs"](asked)).rejects.toMatchObject({ code: "desktop.no-central" });
    const counts = { runs: 7, pass: 7 };
    line = {
      runs: () => Promise.resolve({ runs: [] }),
      counts: () => Promise.resolve(counts as never),
      run: () => Promise.resolve(undefined),
    };
    expect(await handlers["history.runs"](asked)).toEqual({ runs: [] });
    expect(await handlers["history.counts"]({ filter: {}, source: "line" })).toEqual(counts);
    expect(await handlers["history.counts"]({ filter: {} })).toMatchObject({ runs: 0 });
    const id = "00000000-0000-7000-8000-000000000001" as RunId;
    expect(await handlers["history.run"]({ id, source: "line" })).toBeNull();
  });

  it("exports to where the person chose, signed, with its manifest", async () => {
    const out = join(folder, "runs.jsonl");
    const answer = await handlersWith(out)["history.export"]({ format: "jsonl", filter: {}, job: "e" });
    expect(answer).toMatchObject({ kind: "saved", file: out, rows: 0 });
    expect(existsSync(out)).toBe(true);
    const verdict = await handlersWith(out)["history.verify"]({ what: "file" });
    expect(verdict).toMatchObject({ kind: "verdict", file: out, verdict: { ok: true, signature: "export" } });
  });

  it("exports the whole line from its central database, without a manifest, and can be cancelled", async () => {
    const out = join(folder, "line.csv");
    line = undefined;
    const asked = { format: "csv" as const, filter: { operator: "Ada" }, source: "line" as const, job: "l" };
    await expect(handlersWith(out)["history.export"](asked)).rejects.toMatchObject({ code: "desktop.no-central" });
    const orders: unknown[] = [];
    line = {
      export: (order, watch) => {
        orders.push([order, watch?.signal !== undefined]);
        watch?.progress?.({ done: 3, total: 3 });
        return Promise.resolve({ out, rows: 3, sha256: "a".repeat(64) });
      },
    };
    const answer = await handlersWith(out)["history.export"](asked);
    expect(ExportAnswerSchema.parse(answer)).toEqual({ kind: "saved", file: out, rows: 3, sha256: "a".repeat(64) });
    expect(orders).toEqual([[{ format: "csv", out, filter: { operator: "Ada" } }, true]]);
    expect(told.at(-1)).toEqual({ job: "l", done: 3, total: 3 });
    expect(await handlersWith(undefined)["history.export"](asked)).toEqual({ kind: "cancelled" });
    expect(orders).toHaveLength(1);
  });

  it.each(["audit.db", "audit.db-wal", "audit.db.head"])("never writes a line's export over %s", async (name) => {
    line = { export: () => Promise.reject(new Error("it was asked to")) };
    const asked = { format: "csv" as const, filter: {}, source: "line" as const };
    const refused = handlersWith(join(folder, name))["history.export"](asked);
    await expect(refused).rejects.toMatchObject({ code: "audit.export" });
  });

  it("does nothing when the person chose no file", async () => {
    const handlers = handlersWith(undefined);
    expect(await handlers["history.export"]({ format: "csv", filter: {} })).toEqual({ kind: "cancelled" });
    expect(await handlers["history.verify"]({ what: "file" })).toEqual({ kind: "cancelled" });
  });

  it("verifies the station's own record while it is open", async () => {
    expect(await handlersWith(undefined)["history.verify"]({ what: "record", job: "v" })).toMatchObject({
      verdict: { ok: true, kind: "database", headFile: "present" },
    });
    expect(told.at(-1)).toMatchObject({ job: "v" });
  });
});

describe("exportName", () => {
  it("sorts by time and holds nothing that a file system refuses", () => {
    expect(exportName("2026-03-01T08:09:10.123Z", "csv")).toBe("runs-2026-03-01T08-09-10.csv");
    expect(exportName("2026-03-01T08:09:10.123Z", "jsonl", "line")).toBe("line-runs-2026-03-01T08-09-10.jsonl");
  });
});
