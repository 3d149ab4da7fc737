import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { callMain } from "./support/call-main.ts";
import { PATIENCE, temporaryFolder } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

describe("station backup and station restore", () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("bring back a record that was lost, and the next tray goes on with it", async () => {
    const copy = join(folder, "copy.db");
    const demo = ["demo", "--units", "1", "--dir", folder, "--json"];
    const first = await callMain(demo);
    expect(first.code).toBe(0);
    const database = (JSON.parse(first.stdout) as { audit: string }).audit;
    expect((await callMain(["backup", "--audit", database, "--out", copy, "--json"])).stdout).toContain('"runs":1');
    rmSync(database);
    const refused = await callMain(demo);
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining("audit.cut")]);
    const restored = await callMain(["restore", copy, "--audit", database]);
    expect([restored.code, restored.stdout]).toEqual([
      0,
      expect.stringMatching(/^\d+ events and 1 runs in .*\n.*kept in/),
    ]);
    expect((await callMain(demo)).code).toBe(0);
    expect((await callMain(["verify", database])).stdout).toContain("2 runs fit");
  });
});
