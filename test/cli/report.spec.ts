import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ReportSchema } from "../../src/contract/report.ts";
import type { SlotId } from "../../src/core/ids.ts";
import { databaseOf } from "../audit/report-samples.ts";
import { callMain } from "./support/call-main.ts";
import { PATIENCE, temporaryFolder } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

let folder: string;
let audit: string;

beforeAll(() => {
  folder = temporaryFolder();
  audit = join(folder, "a.db");
  databaseOf(audit, [
    { startedAt: "2026-03-29T00:30:00.000Z", operator: "Ann" },
    { startedAt: "2026-03-29T01:30:00.000Z", operator: "\u001b[2JBob", outcome: "FAIL" },
    { startedAt: "2026-03-29T01:40:00.000Z", slot: "2" as SlotId, training: true },
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("station report", () => {
  it("prints one object for machines: what the window shows", async () => {
    const { code, stdout } = await callMain(["report", "--audit", audit, "--zone", "Europe/Berlin", "--json"]);
    expect(code).toBe(0);
    const report = ReportSchema.parse(JSON.parse(stdout));
    expect(report).toMatchObject({
      runs: { runs: 2, pass: 1, fail: 1 },
      units: { units: 2, passedFirst: 1 },
      hours: 2,
    });
    expect(report.buckets.map(({ at }) => at)).toEqual(["2026-03-29T01:00", "2026-03-29T03:00"]);
  });

  it("prints tables for people, in which nothing steers their terminal", async () => {
    const { code, stdout } = await callMain(["report", "--audit", audit, "--mode", "both", "--zone", "UTC"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Report of production and training runs, begun 2026-03-29T00:30/);
    expect(stdout).toMatch(/yield +66\.6 % +2 of 3 judged runs passed/);
    expect(stdout).toMatch(/at\.silent +1 +0 +100\.0 %/);
    expect(stdout).toContain("\\u001b[2JBob");
    expect(stdout).not.toContain("\u001b");
  });

  it("filters as the export does, and says when nothing is left", async () => {
    const filtered = async (...options: readonly string[]) =>
      (await callMain(["report", "--audit", audit, ...options])).stdout;
    expect(await filtered("--mode", "training", "--slot", "2")).toMatch(/1 of 1 judged runs passed/);
    expect(await filtered("--operator", "Zoe")).toMatch(/operator Zoe.*\nno runs\n$/);
    expect(await filtered("--fixture", "Bench A", "--from", "2026-03-29T01:00:00Z")).toMatch(/0 of 1 judged/);
  });

  it.each<[readonly string[], RegExp]>([
    [[], /--audit is missing/],
    [["--audit", "none.db"], /there is no such database/],
    [["--audit", "@", "--zone", "Moon/Base"], /--zone must be a time zone .*given Moon\/Base/],
    [["--audit", "@", "--mode", "all"], /--mode must be one of production, training, both/],
    [["--audit", "@", "--slot", "a b"], /--slot must be 1 to 16 letters/],
    [["--audit", "@", "--from", "noon"], /--from must be a time/],
  ])("refuses %j", async (options, problem) => {
    const { code, stderr } = await callMain(["report", ...options.map((option) => (option === "@" ? audit : option))]);
    expect(stderr).toMatch(problem);
    expect(code).toBe(2);
  });
});
