import { readFileSync, rmSync, writeFileSync } from "node:fs";
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
    expect([restored.code, restored.stdout]).toEqual([0, expect.stringMatching(/^\d+ events and 1 runs in .*\n$/)]);
    expect((await callMain(demo)).code).toBe(0);
    expect((await callMain(["verify", database])).stdout).toContain("2 runs fit");
  });

  it("put a record that is damaged aside in one step, and the next tray begins a new one", async () => {
    const own = join(folder, "anew");
    const demo = ["demo", "--units", "1", "--dir", own, "--json"];
    const first = await callMain(demo);
    const database = (JSON.parse(first.stdout) as { audit: string }).audit;
    writeFileSync(database, "zzzz".repeat(5000));
    const refused = await callMain(demo);
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringMatching(/audit\.corrupt[^]*station restore/)]);
    expect(refused.stderr).toContain(database);
    const anew = await callMain(["restore", "--new", "--audit", database, "--json"]);
    const { aside } = JSON.parse(anew.stdout) as { aside: string };
    expect(readFileSync(aside, "utf8")).toBe("zzzz".repeat(5000));
    expect((await callMain(demo)).code).toBe(0);
    expect((await callMain(["verify", database])).stdout).toContain("1 runs fit");
    expect((await callMain(["restore", "--audit", database])).code).toBe(2);
    expect((await callMain(["restore", "x.db", "--new", "--audit", database])).code).toBe(2);
    expect((await callMain(["restore", "--new", "--audit", join(own, "none.db")])).code).toBe(2);
  });
});
