import { join } from "node:path";
import Database from "better-sqlite3";
import { cellsOf, RUN_COLUMNS } from "../../src/audit/run-columns.ts";
import type { RunRecord } from "../../src/contract/history.ts";
import type { RunId } from "../../src/core/ids.ts";
import { recordedRuns } from "./station-app.ts";

/** Trays before the recorded ones, and how many minutes lie between two. */
const [TRAYS, APART] = [90, 3];
/** Failures of earlier trays: every so many runs one with this code. */
const FAILURES = [
  { every: 53, outcome: "FAIL", code: "at.keygen-failed" },
  { every: 71, outcome: "FAIL", code: "run.credential-different" },
  { every: 97, outcome: "ERROR", code: "link.lost" },
  { every: 113, outcome: "FAIL", code: "at.silent" },
] as const;

/**
 * Puts trays of earlier hours into a station's record, for pictures alone: they are rows without events, so the record does not
 * verify afterwards. The station must not be running.
 */
export function addEarlierRuns(data: string): void {
  const models = recordedRuns(data).filter(({ outcome }) => outcome === "PASS");
  const db = new Database(join(data, "audit.db"));
  try {
    const insert = db.prepare(`INSERT INTO run VALUES (${RUN_COLUMNS.map(() => "?").join(", ")})`);
    db.transaction(() => {
      for (let count = 0; count < TRAYS * 8; count++) {
        const model = models[count % models.length];
        if (model !== undefined) insert.run(...cellsOf(earlier(model, count)));
      }
    })();
  } finally {
    db.close();
  }
}

function earlier(model: RunRecord, count: number): RunRecord {
  const [tray, place] = [Math.floor(count / 8), count % 8];
  const startedAt = new Date(Date.parse(model.startedAt) - (tray + 1) * APART * 60_000).toISOString();
  // Some spread around the usual time, the same in every picture.
  const elapsedMs = 11_800 + ((count * 7919) % 97) * 31 + ((count * 104_729) % 23) * 57;
  // Slot 6 has a worn pin.
  const worn = place === 5 && tray % 7 === 3;
  const failure = worn ? FAILURES[3] : FAILURES.find(({ every }) => count % every === every - 1);
  return {
    ...model,
    ...{ id: idOf(startedAt, count), slot: String(place + 1) as RunRecord["slot"], startedAt, elapsedMs },
    ...{ imei: `3550259${String(10_000_000 + count * 7919).slice(-8)}` as RunRecord["imei"] },
    ...{ uuid: idOf(startedAt, count + 4096) as string as RunRecord["uuid"] },
    finishedAt: new Date(Date.parse(startedAt) + elapsedMs).toISOString(),
    operator: tray < TRAYS / 2 ? "Ana Lima" : "Bo Chen",
    ...{ outcome: failure?.outcome ?? "PASS", code: failure?.code ?? null },
  };
}

function idOf(at: string, count: number): RunId {
  const time = Date.parse(at).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count.toString(16).padStart(12, "0")}` as RunId;
}
