import { execFile } from "node:child_process";
import { rmSync, existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PATIENCE, temporaryFolder, type TrayObject } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const ROOT = join(import.meta.dirname, "../..");
const NPM = process.platform === "win32" ? "npm.cmd" : "npm";
const execute = promisify(execFile);

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** `npm run --silent station -- …` as a script calls it. */
async function npmStation(...args: readonly string[]): Promise<Ended> {
  const options = { cwd: ROOT, shell: process.platform === "win32" };
  try {
    return { code: 0, ...(await execute(NPM, ["run", "--silent", "station", "--", ...args], options)) };
  } catch (error) {
    return error as Ended;
  }
}

describe("npm run --silent station", () => {
  it("demo prints the object of the contract and nothing else, and leaves record, export and service's state", async () => {
    const dir = join(folder, "demo");
    const { code, stdout, stderr } = await npmStation("demo", "--units", "3", "--dir", dir, "--json");
    expect({ code, lines: stdout.split("\n") }).toEqual({ code: 0, lines: [expect.stringMatching(/^\{.*\}$/), ""] });
    const object = JSON.parse(stdout) as TrayObject;
    expect(object).toEqual({
      batch: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      ...{ units: 3, pass: 3, fail: 0, error: 0, aborted: 0, seconds: expect.any(Number) as number },
      ...{ audit: join(dir, "audit.db"), export: join(dir, "export.csv"), ca: join(dir, "service/ca.pem") },
      service: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/) as string,
    });
    expect(stderr.match(/PASS/g)).toHaveLength(3);
    for (const file of [object.audit, object.export ?? "", `${object.export}.manifest.json`, object.ca ?? ""])
      expect(existsSync(file)).toBe(true);
    // A second demo in the same folder has boards of its own and goes on with the same record.
    const again = await npmStation("demo", "--units", "2", "--dir", dir, "--fault", "2=keygen-fail", "--json");
    expect({ code: again.code, ...(JSON.parse(again.stdout) as TrayObject) }).toMatchObject({
      ...{ code: 1, units: 2, pass: 1, fail: 1, error: 0, aborted: 0 },
    });
    const verdict = await npmStation("verify", object.audit, "--json");
    expect({ code: verdict.code, ...(JSON.parse(verdict.stdout) as object) }).toMatchObject({
      code: 0,
      runs: 5,
      batches: 2,
    });
  });

  it("hands on the exit code and the report of wrong usage", async () => {
    const { code, stdout, stderr } = await npmStation("run", "--recipe", join(folder, "none.yaml"));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("[file.missing] there is no such file");
  });
});
