import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditStore } from "../../src/audit/audit-store.ts";
import { undefuse } from "../../src/audit/csv.ts";
import { draftExport } from "../../src/audit/export-draft.ts";
import { makeExport, type ExportResult } from "../../src/audit/make-export.ts";
import type { Manifest } from "../../src/audit/manifest.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { verifyFile } from "../../src/audit/verify-file.ts";
import type { ExportOrder, Misfit, Verdict } from "../../src/contract/history.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { at, batchId, batchStart, failureOf, runId, wholeRun } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const OPERATORS = [
  "Zoë Ωmega 😀",
  '=HYPERLINK("http://x","y")',
  'two\r\nlines, "quoted"',
  "@cmd",
  "'plain",
  "-1",
  "＝1",
];

/** The CSV without the line of unit `unit`. */
const without = (text: string, unit: number): string =>
  text
    .split(/(?<=\r\n)/)
    .filter((line) => !line.includes(`SN-${unit},`))
    .join("");

describe("makeExport", () => {
  let temp: TempAudit;
  let store: AuditStore;
  beforeEach(async () => {
    temp = await TempAudit.make();
    ({ store } = await temp.open());
    for (const [index, operator] of OPERATORS.entries()) {
      const count = index + 1;
      await store.startBatch(batchStart(count, { first: count, operator, time: count * 100 }));
      const outcome = count % 2 === 0 ? ("FAIL" as const) : ("PASS" as const);
      for (const each of wholeRun(count, outcome, outcome === "FAIL" ? "at.timeout" : undefined, "1", count * 100))
        await store.append(each);
      await store.finishBatch(batchId(count), at(count * 100 + 50), 1);
    }
  });
  afterEach(() => temp.dispose());

  const tools = (signed = true) => ({
    draft: (order: ExportOrder) => draftExport(temp.file, order),
    clock: new VirtualClock(),
    ...(signed ? { store } : {}),
  });
  const csv = (): Promise<ExportResult> =>
    makeExport({ format: "csv", out: temp.path("runs.csv"), filter: {} }, tools());
  const misfitOf = (verdict: Verdict): Misfit | undefined => (verdict.ok ? undefined : verdict.misfit);
  const manifest = async (): Promise<Manifest> =>
    JSON.parse(await readFile(temp.path("runs.csv.manifest.json"), "utf8")) as Manifest;

  it("writes a CSV that an outside parser reads back as sqlite3 tells the table", async () => {
    await csv();
    const rows = parse<Record<string, string>>(await readFile(temp.path("runs.csv")), {
      columns: true,
      recordDelimiter: "\r\n",
    });
    const table = JSON.parse(
      execFileSync("sqlite3", ["-json", temp.file, "SELECT * FROM run ORDER BY rowid"]).toString(),
    ) as Record<string, string | number | null>[];
    expect(rows).toHaveLength(OPERATORS.length);
    expect(
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, undefuse(cell)]))),
    ).toEqual(
      table.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell === null ? "" : String(cell)])),
      ),
    );
    for (const row of rows) expect(row["operator"]).not.toMatch(/^[=+\-@＝]/);
  });

  it("writes JSON Lines with one object a run", async () => {
    await makeExport({ format: "jsonl", out: temp.path("runs.jsonl"), filter: { outcome: "FAIL" } }, tools());
    const lines = (await readFile(temp.path("runs.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { id: runId(2), outcome: "FAIL", code: "at.timeout", operator: OPERATORS[1], again: false, elapsed_ms: 4200 },
      { id: runId(4), operator: "@cmd" },
      { id: runId(6), operator: "-1" },
    ]);
    expect(await verifyFile(temp.path("runs.jsonl"))).toMatchObject({
      ok: true,
      kind: "export",
      format: "jsonl",
      rows: 3,
    });
  });

  it("tells in the manifest what was exported, and signs it", async () => {
    const result = await csv();
    const file = await readFile(temp.path("runs.csv"));
    const sha256 = createHash("sha256").update(file).digest("hex");
    expect(result).toEqual({
      ...{
        out: temp.path("runs.csv"),
        manifest: temp.path("runs.csv.manifest.json"),
        rows: 7,
        sha256,
        signature: "export",
      },
    });
    expect(await manifest()).toMatchObject({
      ...{ manifest: 1, format: "csv", filter: {}, rows: 7, bytes: file.length, sha256 },
      ...{ range: { from: at(100), to: at(700) }, madeAt: "2026-01-01T00:00:00.000Z", station: store.stationId },
      head: {
        position: expect.any(Number) as number,
        hash: expect.any(String) as string,
        jws: expect.any(String) as string,
      },
    });
    expect(await verifyFile(temp.path("runs.csv"))).toMatchObject({
      ok: true,
      rows: 7,
      signature: "export",
      station: store.stationId,
    });
    expect(await verifyFile(temp.path("runs.csv.manifest.json"))).toMatchObject({ ok: true, kind: "export" });
  });

  it("records the export in the chain", async () => {
    const { sha256 } = await csv();
    expect(temp.rows("SELECT body ->> '$.sha256' AS sha256 FROM event WHERE type = 'export.made'")).toEqual([
      { sha256 },
    ]);
    await store.close();
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true });
  });

  it("exports nothing as a header alone", async () => {
    const result = await makeExport(
      { format: "csv", out: temp.path("runs.csv"), filter: { operator: "nobody" } },
      tools(),
    );
    expect(result.rows).toBe(0);
    expect((await readFile(temp.path("runs.csv"), "utf8")).split("\r\n")).toHaveLength(2);
    expect((await manifest()).range).toBeNull();
    expect(await verifyFile(temp.path("runs.csv"))).toMatchObject({ ok: true, rows: 0 });
  });

  it.each<[string, (text: string) => string, Partial<Misfit>]>([
    ["a changed cell", (text) => text.replace("SN-3", "SN-9"), { table: "export", row: "3" }],
    ["a changed cell of two lines", (text) => text.replace("lines, ", "Lines, "), { table: "export", row: "3" }],
    ["a changed header", (text) => text.replace("imei", "imex"), { table: "export", row: "header" }],
    ["a removed row", (text) => without(text, 5), { table: "export", row: "5" }],
    ["a removed last row", (text) => without(text, 7), { table: "export", row: "7", what: "the row is missing" }],
    ["half of the last row", (text) => text.slice(0, -20), { table: "export", row: "7" }],
    ["an added row", (text) => `${text}a,b\r\n`, { table: "export", row: "8", what: "the row was added" }],
    ["an added piece of a row", (text) => `${text}a`, { table: "export" }],
    ["a quote that opens and never closes", (text) => text.replace("SN-2", '"SN-2'), { table: "export", row: "2" }],
    ["an empty file", () => "", { table: "export" }],
  ])("names the row of %s", async (_name, change, misfit) => {
    await csv();
    await writeFile(temp.path("runs.csv"), change(await readFile(temp.path("runs.csv"), "utf8")));
    expect(misfitOf(await verifyFile(temp.path("runs.csv")))).toMatchObject(misfit);
  });

  it.each<[string, (manifest: Manifest) => unknown]>([
    ["its filter", (old) => ({ ...old, filter: { outcome: "PASS" } })],
    ["its rows", (old) => ({ ...old, rows: 6 })],
    ["its digest", (old) => ({ ...old, sha256: "0".repeat(64) })],
    ["its marks", (old) => ({ ...old, marks: { every: 1, sha256: [] } })],
    ["its station", (old) => ({ ...old, station: "another" })],
    ["its head", (old) => ({ ...old, head: { ...old.head, hash: "0".repeat(64) } })],
    ["its signature", (old) => ({ ...old, head: { ...old.head, jws: "e30.e30.AAAA" } })],
    ["no head at all", (old) => ({ ...old, head: null })],
    ["its snapshot", (old) => ({ ...old, snapshot: { position: 1_000_000, hash: "0".repeat(64) } })],
    ["its key", (old) => ({ ...old, publicKey: { kty: "EC" } })],
    ["something more", (old) => ({ ...old, more: true })],
    ["nothing in it", () => ({})],
    ["a list", () => []],
  ])("refuses a manifest that was changed in %s", async (_name, change) => {
    await csv();
    await writeFile(temp.path("runs.csv.manifest.json"), JSON.stringify(change(await manifest())));
    expect(misfitOf(await verifyFile(temp.path("runs.csv")))).toMatchObject({ table: "manifest" });
  });

  it("refuses an export without manifest, with a foreign key, or with a manifest without end", async () => {
    await csv();
    expect(misfitOf(await verifyFile(temp.path("runs.csv"), { key: "x" }))).toMatchObject({ table: "manifest" });
    await writeFile(temp.path("runs.csv.manifest.json"), " ".repeat(2 * 1024 * 1024));
    expect(await failureOf(verifyFile(temp.path("runs.csv")))).toMatchObject({ code: "audit.missing" });
    await writeFile(temp.path("alone.csv"), "a\r\n");
    expect(await verifyFile(temp.path("alone.csv"))).toMatchObject({ ok: false, kind: "unknown" });
  });

  it("makes an export without the key that is complete but says that it is not signed", async () => {
    const result = await makeExport({ format: "csv", out: temp.path("runs.csv"), filter: {} }, tools(false));
    expect(result.signature).toBe("chain");
    expect(misfitOf(await verifyFile(temp.path("runs.csv")))).toMatchObject({
      table: "manifest",
      what: expect.stringContaining("not signed") as string,
    });
    expect(await verifyFile(temp.path("runs.csv"), { acceptUnsigned: true })).toMatchObject({
      ok: true,
      signature: "chain",
    });
  });

  it("never overwrites the database or what belongs to it, by whatever name", async () => {
    for (const name of ["audit.db", "audit.db-wal", "audit.db.head", "./audit.db.lock"])
      expect(
        await failureOf(makeExport({ format: "csv", out: `${temp.folder}/${name}`, filter: {} }, tools())),
      ).toMatchObject({ code: "audit.export" });
  });

  it("leaves nothing behind when it is stopped or cannot write", async () => {
    const before = await readdir(temp.folder);
    const order = { format: "csv", out: temp.path("x.csv"), filter: {} } as const;
    const stopped = draftExport(temp.file, order, { signal: AbortSignal.abort() });
    expect(await failureOf(stopped)).toMatchObject({ code: "station.aborted" });
    expect(
      await failureOf(makeExport({ format: "csv", out: temp.path("no/x.csv"), filter: {} }, tools())),
    ).toMatchObject({ code: "audit.export" });
    const failing = { recordExport: () => Promise.reject(new TypeError("no")) };
    await expect(
      makeExport({ format: "csv", out: temp.path("x.csv"), filter: {} }, { ...tools(), store: failing }),
    ).rejects.toThrow("no");
    expect((await readdir(temp.folder)).filter((name) => name.startsWith("x.csv") && !before.includes(name))).toEqual(
      [],
    );
  });

  it("keeps marks few and finds the rows of a change in a large export", async () => {
    await store.close();
    const { store: again } = await temp.open();
    for (let batch = 10; batch < 50; batch++)
      await again.startBatch(batchStart(batch, { first: batch * 128, slots: 128, time: batch * 1000 }));
    await makeExport({ format: "csv", out: temp.path("runs.csv"), filter: {} }, { ...tools(), store: again });
    const { marks, rows } = await manifest();
    expect(rows).toBe(5127);
    expect(marks.every).toBe(4);
    expect(marks.sha256.length).toBeLessThanOrEqual(2049);
    const text = await readFile(temp.path("runs.csv"), "utf8");
    await writeFile(temp.path("runs.csv"), text.replace(runId(4000), runId(9)));
    const row = text.slice(0, text.indexOf(runId(4000))).split("\r\n").length - 2;
    const misfit = misfitOf(await verifyFile(temp.path("runs.csv")));
    const [first = 0, last = 0] = (misfit?.row ?? "").split(" to ").map(Number);
    expect(first).toBeLessThanOrEqual(row);
    expect(last).toBeGreaterThanOrEqual(row);
    expect(last - first).toBe(3);
  });
});
