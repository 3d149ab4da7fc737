import { rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { RunEventSchema, type RunEvent } from "../../src/contract/run-event.ts";
import { lastJson, station, type Ended } from "./station-process.ts";
import { PATIENCE, temporaryFolder, type TrayObject } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A row of the record. */
type Row = { readonly outcome: string; readonly code: string | null; readonly release: string };

const reading = <T>(mode: string, read: (db: Database.Database) => T): T => {
  const db = new Database(join(folder, mode, "audit.db"), { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
};
const rowOf = (mode: string, slot: string): Row | undefined =>
  reading(mode, (db) => db.prepare<[string], Row>("SELECT outcome, code, release FROM run WHERE slot = ?").get(slot));
const eventsOf = (mode: string, slot: string): readonly RunEvent[] =>
  reading(mode, (db) =>
    db
      .prepare<[string], string>("SELECT body FROM event WHERE run = (SELECT id FROM run WHERE slot = ?) ORDER BY seq")
      .pluck()
      .all(slot),
  ).map((body) => RunEventSchema.parse(JSON.parse(body)));

describe.each(["serial-modem", "zephyr-shell"])("station demo --device-mode %s", (mode) => {
  let ended: Ended;

  beforeAll(async () => {
    const faults = ["2=session-wrong-ca", "3=keygen-fail", "4=reboot", "5=no-uuid"];
    ended = await station([
      ...["demo", "--device-mode", mode, "--units", "5", "--dir", join(folder, mode), "--json"],
      ...faults.flatMap((fault) => ["--fault", fault]),
    ]);
  });

  it("passes the healthy unit and names what is wrong with each of the others", () => {
    expect(lastJson(ended) as TrayObject).toMatchObject({ units: 5, pass: 1, fail: 3, error: 1, aborted: 0 });
    expect(rowOf(mode, "1")).toEqual({ outcome: "PASS", code: null, release: "restored" });
    expect(rowOf(mode, "2")).toMatchObject({ outcome: "ERROR", code: "device.wrong-root-ca", release: "restored" });
    expect(rowOf(mode, "3")).toMatchObject({ outcome: "FAIL", code: "device.command-failed", release: "restored" });
    expect(rowOf(mode, "4")).toMatchObject({ outcome: "FAIL", code: "at.rebooted", release: "restored" });
    expect(rowOf(mode, "5")).toMatchObject({ outcome: "FAIL", code: "run.identity-unreadable" });
  });

  it("announces the sessions alone: the station sends no command of the recipe", () => {
    for (const slot of ["1", "2", "3", "4"]) {
      const events = eventsOf(mode, slot);
      const announced = events.flatMap((event) => (event.type === "command.announced" ? [event.command.kind] : []));
      expect(announced).toEqual(["session"]);
      const sent = events.flatMap((event) => (event.type === "at.exchange" ? [event.command] : []));
      expect(sent.filter((command) => /%KEYGEN|%CMNG=[03]/.test(command))).toEqual([]);
    }
  });

  it("records what the owner's side says of each command, what the unit made, and the proof", () => {
    const events = eventsOf(mode, "1");
    const ordered = events.flatMap((event) =>
      event.type === "command.concluded" && event.command.kind === "ordered" ? [event.result] : [],
    );
    expect(ordered).toEqual(["ok", "ok", "ok", "ok", "ok"]);
    expect(events.flatMap((event) => (event.type === "artefact.made" ? [event.name] : []))).toEqual(["csr 16842753"]);
    const verdicts = events.flatMap((event) => (event.type === "credential.verified" ? [event.verdict] : []));
    expect(verdicts).toHaveLength(3);
    expect(new Set(verdicts)).not.toContain("different");
  });

  it("records the failure that the service knows and the board does not tell", () => {
    const failed = eventsOf(mode, "3").flatMap((event) =>
      event.type === "command.concluded" && event.result === "error" ? [event.command.text] : [],
    );
    expect(failed).toContain("cloudAccessKeyGeneration");
  });

  it("leaves a record that verifies", async () => {
    const verified = await station(["verify", join(folder, mode, "audit.db")]);
    expect(verified.code).toBe(0);
  });
});
