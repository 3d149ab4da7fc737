import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, Harness } from "../service/support/harness.ts";
import { callMain } from "./support/call-main.ts";
import { PATIENCE } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "service-key-"));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const serviceKey = (...args: readonly string[]) => callMain(["service-key", ...args, "--dir", dir]);

describe("station service-key", () => {
  it("makes keys that the service takes, of the role and team given, and takes them away again", async () => {
    const made = await serviceKey("add", "--name", "line 2", "--role", "viewer", "--team", "Maker", "--json");
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const { key, ...told } = JSON.parse(made.stdout) as { readonly key: string };
    expect(told).toEqual({ name: "line 2", role: "viewer", team: "Maker" });
    expect((await serviceKey("list")).stdout).toMatch(/^line 2\tviewer\tMaker\t\d{4}-/);

    const harness = await Harness.start({ dir });
    const account = () =>
      ask(`${harness.service.owner}/v1/account`, harness.ca, { headers: { Authorization: `Bearer ${key}` } });
    expect(JSON.parse((await account()).body.toString())).toMatchObject({ role: "viewer", team: { name: "Maker" } });
    expect(await serviceKey("list")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("service.in-use") as string,
    });
    await harness.service.stop();

    expect((await serviceKey("remove", "--name", "line 2")).code).toBe(0);
    const again = await Harness.start({ dir });
    const gone = await ask(`${again.service.owner}/v1/account`, again.ca, {
      headers: { Authorization: `Bearer ${key}` },
    });
    expect(gone.status).toBe(401);
    expect(again.bearer).toBe(`Bearer ${readFileSync(join(dir, "owner-key"), "utf8").trim()}`);
    await again.stop();
  });

  it("shows the key alone without --json, an editor's of the first team by default", async () => {
    const made = await serviceKey("add", "--name", "a");
    expect(made.stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(JSON.parse((await serviceKey("list", "--json")).stdout)).toMatchObject({
      keys: [{ name: "a", role: "editor", team: "default" }],
    });
  });

  it("refuses a name twice, an unknown name, another action and another role", async () => {
    await serviceKey("add", "--name", "a");
    const codes = await Promise.all([
      serviceKey("sell", "--name", "a"),
      serviceKey("add", "--name", "b", "--role", "king"),
      serviceKey("add"),
    ]);
    expect(codes.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect((await serviceKey("add", "--name", "a")).stderr).toContain("service.conflict");
    expect((await serviceKey("remove", "--name", "z")).stderr).toContain("service.not-found");
  });
});
