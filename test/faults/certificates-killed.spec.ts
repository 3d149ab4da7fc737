import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCertificates } from "../../src/audit/read-certificates.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { testAuthority, TestFolder } from "../fakes/test-authority.ts";

const CHILD = fileURLToPath(new URL("./support/issue-forever.ts", import.meta.url));
const KILLS = 4;

/** Lets a process give out certificates, kills it after some of them, and answers those that it told of. */
async function killedAfter(folder: string, file: string, count: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, folder, file], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    if (text.split("\n").length > count) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.once("close", resolve));
  return text.split("\n").slice(0, -1);
}

describe("a station that is killed while it gives out certificates", () => {
  let folder: TestFolder;
  beforeEach(() => {
    folder = new TestFolder();
  });
  afterEach(() => folder.remove());

  it("has every certificate that it told of in its record, and no serial number twice", async () => {
    await testAuthority(folder, realClock);
    const file = join(folder.path, "audit.db");
    const told: string[] = [];
    for (let kill = 1; kill <= KILLS; kill++) told.push(...(await killedAfter(folder.path, file, kill)));
    const rows = readCertificates(file);
    const given = rows.flatMap(({ serial, sha256 }) => (sha256 === undefined ? [] : [`${serial} ${sha256}`]));
    expect(told.length).toBeGreaterThanOrEqual(KILLS);
    expect(given).toEqual(expect.arrayContaining(told));
    expect(new Set(rows.map(({ serial }) => serial)).size).toBe(rows.length);
    expect(await verifyDatabase(file)).toMatchObject({ ok: true });
  }, 60_000);
});
