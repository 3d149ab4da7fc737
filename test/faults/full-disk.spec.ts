import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastJson, type Ended } from "../cli/station-process.ts";
import { isAt, runsOf } from "./support/audit-file.ts";
import { FaultLine, type Station } from "./support/fault-line.ts";
import { HAS_SMALL_DISKS, SmallDisk } from "./support/small-disk.ts";
import { until } from "./support/until.ts";

const SLOTS = ["1", "2"];

describe.runIf(HAS_SMALL_DISKS)("a disk that becomes full in the middle of a tray", () => {
  let line: FaultLine;
  let disk: SmallDisk;
  let tray: Station;
  let ended: Ended;
  const copied = (): string => disk.copy("line.db", line.path("copy.db"));
  const run = (): Station => line.run({ audit: join(disk.folder, "line.db"), prefix: disk.prefix });
  // A copy that was made between two writes may be torn: it is then looked at once more.
  const bothInCommand = (): boolean => {
    try {
      return SLOTS.every((slot) => isAt(copied(), slot, { command: /KEYGEN/ }));
    } catch {
      return false;
    }
  };

  beforeAll(async () => {
    line = await FaultLine.start(
      SLOTS.length,
      SLOTS.map((slot) => `${slot}=slow:12000@keygen*1`),
    );
    disk = await SmallDisk.make(line.path("disk"));
    tray = run();
    await until("commands in both slots", bothInCommand);
    disk.fill();
    ended = await tray.ended;
  }, 120_000);
  afterAll(async () => {
    await line.stop();
    await disk.remove();
  });

  it("ends the runs with the modems released, and the station with exit code 3 and the reason", async () => {
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain("station.store-failed");
    expect(ended.stderr).toContain("audit.full");
    expect(ended.stderr).not.toContain("station.internal");
    expect(ended.stderr.match(/ERROR .* station\.store-failed/g)).toHaveLength(SLOTS.length);
    for (const slot of SLOTS) expect(await line.stateOf(slot)).toBe("CFUN 1, CMEE 0");
    await line.untilGone(tray);
  });

  it("lets no run start while it is full", async () => {
    const before = runsOf(copied()).length;
    const refused = await run().ended;
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/audit\.full|station\.store-failed/);
    expect(runsOf(copied())).toHaveLength(before);
  });

  it("keeps a database that verifies, and takes runs again when there is space", async () => {
    disk.empty();
    const file = join(disk.folder, "line.db");
    expect(await line.start(["verify", file], "verify-1", { prefix: disk.prefix }).ended).toMatchObject({ code: 0 });
    const next = await run().ended;
    expect(next.stderr).toContain("slot 1: the last run was interrupted");
    expect(lastJson(next)).toMatchObject({ units: 2, pass: 2 });
    expect(await line.start(["verify", file], "verify-2", { prefix: disk.prefix }).ended).toMatchObject({ code: 0 });
  }, 60_000);
});
