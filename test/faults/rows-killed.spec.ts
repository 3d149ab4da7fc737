import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const CHILD = fileURLToPath(new URL("./support/rows-child.ts", import.meta.url));
/** How many rows each station gives out before it is killed. */
const KILLED_AFTER = [1, 40, 33, 100, 7, 64];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "station-rows-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a station until it has given out so many rows, then kills it; answers what it had acknowledged by then. */
async function killedAfter(
  count: number,
  round: number,
  first: number,
): Promise<readonly (readonly [string, string])[]> {
  const child = spawn(process.execPath, [CHILD, join(folder, "audit.db"), String(round), String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    if (linesOf(text).length >= count) child.kill("SIGKILL");
  });
  await once(child, "close");
  return linesOf(text);
}

function linesOf(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(/^(\d+) (A\d+)\n/gm)].map(([, unit = "", row = ""]) => [unit, row] as const);
}

describe("stations that are killed while they give rows to units", () => {
  it("use no row twice and lose none that was acknowledged", async () => {
    const given = new Map<string, string>();
    for (const [index, count] of KILLED_AFTER.entries()) {
      // Each station begins with units that the one before had: they get their own rows again.
      const acknowledged = await killedAfter(count, index + 1, index * 16 + 1);
      expect(acknowledged.length).toBeGreaterThanOrEqual(count);
      for (const [unit, row] of acknowledged) {
        expect(given.get(unit) ?? row).toBe(row);
        given.set(unit, row);
      }
    }
    expect(new Set(given.values()).size).toBe(given.size);
    const db = new Database(join(folder, "audit.db"), { readonly: true });
    const used = db.prepare<[], { row: string; unit: string }>(
      "SELECT row_key AS row, uuid AS unit FROM unit_value ORDER BY row_key",
    );
    const rows = used.all();
    const events = db
      .prepare("SELECT count(DISTINCT json_extract(body, '$.device.uuid')) FROM event WHERE type = 'unit.identified'")
      .pluck();
    expect(new Set(rows.map(({ row }) => row)).size).toBe(rows.length);
    expect(new Set(rows.map(({ unit }) => unit)).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThanOrEqual(given.size);
    // A row is taken with the event of its unit, or neither is there.
    expect(events.get()).toBe(rows.length);
    db.close();
  }, 120_000);
});
