import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CentralStore } from "../../src/collect/central-store.ts";
import { Ingest } from "../../src/collect/ingest.ts";
import { prepareCentral } from "../../src/collect/open-central.ts";
import { SqliteSql } from "../../src/collect/sqlite-sql.ts";
import { inStream, recordedChain } from "../collect/sample-chain.ts";
import { callMain, type Called } from "./support/call-main.ts";

const NOW = Date.UTC(2026, 2, 1, 9);
let folder: string;
let database: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "settle-"));
  database = join(folder, "central.db");
  const sql = SqliteSql.open(database, { readOnly: false });
  await prepareCentral(sql, NOW);
  const ingest = await Ingest.open(new CentralStore(sql), { now: () => NOW, random: randomBytes });
  const chain = await recordedChain(1);
  await ingest.take(inStream([...chain.slice(0, 5), ...chain.slice(7)]), "stream");
  await sql.close();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const collect = (...args: readonly string[]): Promise<Called> => callMain(["collect", "--sqlite", database, ...args]);
const WHO = ["--operator", "Maria", "--reason", "the disk was put back"];

describe("station collect --settle", () => {
  it("settles the finding whose id the status names; status and verification tell it from then on", async () => {
    const before = await collect("--status");
    expect(before.code).toBe(1);
    const [, id = ""] = /gap at 5 to 6: .*, finding ([0-9a-f-]+)\)/.exec(before.stdout) ?? [];
    expect(await collect("--verify")).toMatchObject({ code: 1 });
    const settled = await collect("--settle", id, ...WHO);
    expect(settled).toMatchObject({ code: 0, stderr: "" });
    expect(settled.stdout).toMatch(/^settled {2}a1 gap at 5 to 6: .* by Maria: the disk was put back\nverdict {2}good/);
    const after = await collect("--status");
    expect(after.code).toBe(0);
    expect(after.stdout).toContain("by Maria: the disk was put back");
    const checked = await collect("--verify");
    expect(checked.code).toBe(0);
    expect(checked.stdout).toContain("1 places settled by people");
  });

  it("tells machines the same", async () => {
    const { code, stdout } = await collect("--settle", "a1", ...WHO, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "a1",
      verdict: { kind: "good" },
      settled: [{ kind: "gap", position: 5, lastPosition: 6, settledBy: "Maria", settledWhy: "the disk was put back" }],
      open: [],
    });
  });

  it.each([
    [["--settle", "a1"], /--operator is missing/],
    [["--settle", "a1", "--operator", "Maria"], /--reason is missing/],
    [["--settle", "a1", "--operator", "M".repeat(65), "--reason", "x"], /--operator must be 1 to 64/],
    [["--settle", "a1", "--operator", "Maria", "--reason", "x".repeat(501)], /--reason must be 1 to 500/],
    [["--settle", "a1", "--operator", "Maria", "--reason", "a\nb"], /--reason must be .* on one line/],
    [["--settle", "b2", ...WHO], /no open finding/],
    [["--settle", "a1", "--status", ...WHO], /exclude each other/],
    [["--status", "--operator", "Maria"], /--operator .* --settle/],
  ])("refuses %j and changes nothing", async (args, reason) => {
    const refused = await collect(...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(reason);
    expect((await collect("--status")).code).toBe(1);
  });

  it("makes no database where there is none", async () => {
    const missing = await callMain(["collect", "--sqlite", join(folder, "other.db"), "--settle", "a1", ...WHO]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("no such file");
    expect((await callMain(["collect", "--sqlite", join(folder, "other.db"), "--status"])).code).toBe(2);
  });
});
