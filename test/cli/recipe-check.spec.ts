import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callMain } from "./support/call-main.ts";
import { RESOURCES, temporaryFolder, TRAINING } from "./support/tray-line.ts";

const PSK_BOARD = join(RESOURCES, "recipes/psk-per-unit/recipe.yaml");
const EMBEDDED = join(RESOURCES, "profiles/nrf-cloud.yaml");

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const check = (...args: readonly string[]) => callMain(["recipe", "check", ...args]);

describe("station recipe check", () => {
  it("prints claim, commands in order with their rounds, contents by digest, and what is proved", async () => {
    const { code, stdout } = await check(TRAINING);
    expect(code).toBe(0);
    expect(stdout).toMatch(/claim +station, tags training/);
    expect(stdout).toMatch(/5 in 1 round of at most 20, queued by the station/);
    expect(stdout).toMatch(/2 +1 +serverCertificate +tag 16842753, content from amazon-root-ca-1\.pem \[sha256:/);
  });

  it("puts more than 20 commands into rounds", async () => {
    const commands = Array.from({ length: 21 }, (_, index) => `  - config: { key${index}: "1" }`).join("\n");
    const file = join(folder, "many.yaml");
    writeFileSync(file, `recipe: 1\nproduct: Many\nrevision: "1"\ncommands:\n${commands}\n`);
    const { stdout } = await check(file, "--json");
    const preview = JSON.parse(stdout) as { rounds: number; commands: readonly { place: number; round: number }[] };
    expect(preview.rounds).toBe(2);
    expect(preview.commands.at(-1)).toMatchObject({ place: 21, round: 2 });
  });

  it("fills in the row of one unit, its secrets by digest and length only", async () => {
    const { code, stdout } = await check(PSK_BOARD, "--values-for", "example-0002", "--json");
    expect(code).toBe(0);
    const preview = JSON.parse(stdout) as { values: { row: { psk: { length: number } } } };
    expect(preview.values.row).toMatchObject({ identity: "example-0002", site: "Trondheim", psk: { length: 32 } });
    expect(stdout).toContain("identity example-0002");
    expect((await check(PSK_BOARD, "--values-for", "example-0002")).stdout).toMatch(/psk = \[sha256:.{64} length:32\]/);
  });

  it("ends with 2, and names file, line and field of what is wrong", async () => {
    cpSync(join(RESOURCES, "recipes/psk-per-unit"), join(folder, "psk"), { recursive: true });
    writeFileSync(join(folder, "psk/values.csv"), "identity,psk,site\na,zz,Oslo\n");
    const bad = await check(join(folder, "psk/recipe.yaml"), "--json");
    expect(bad.code).toBe(2);
    expect(bad.stderr).toMatch(/values\.file: values\.csv, line 2, column 2 \(psk\): must be 1 to 256 pairs/);
    expect(JSON.parse(bad.stdout)).toMatchObject({ error: { code: "file.values" } });
  });

  it.each([
    [[PSK_BOARD, "--values-for", "none"], /values\.no-row/],
    [[TRAINING, "--values-for", "A1"], /--values-for needs a recipe with values/],
    [[join(RESOURCES, "recipes/own-ca/recipe.yaml"), "--profile", EMBEDDED], /the profile names no such CA/],
    [["/none/recipe.yaml"], /file\.missing|there is no such file/],
  ])("refuses %j with 2", async (args, expected) => {
    const { code, stderr } = await check(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(expected);
  });

  it("knows no other act", async () => {
    expect((await callMain(["recipe", "bake", TRAINING])).stderr).toContain("must be followed by check");
  });
});
