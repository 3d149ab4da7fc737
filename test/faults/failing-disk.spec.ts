import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastJson, type Ended } from "../cli/station-process.ts";
import { isAt, runsOf } from "./support/audit-file.ts";
import { FaultLine, type Station } from "./support/fault-line.ts";
import { until } from "./support/until.ts";

const SLOTS = ["1", "2"];

/** Lets a process write to no file any more, as a disk does that the system has made read-only; its sockets and pipes go on. */
function refuseWrites(pid: number): void {
  const { status, stderr } = spawnSync("prlimit", ["--pid", String(pid), "--fsize=0:"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the disk cannot be made to refuse writes: ${stderr}`);
}

const CAN_REFUSE = process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

describe.runIf(CAN_REFUSE)("a disk that takes no more writes in the middle of a tray", () => {
  let line: FaultLine;
  let tray: Station;
  let ended: Ended;
  const run = (more: readonly string[] = []): Station => line.run({ audit: "line.db", more });

  beforeAll(async () => {
    line = await FaultLine.start(
      SLOTS.length,
      SLOTS.map((slot) => `${slot}=slow:12000@keygen*1`),
    );
    tray = run();
    const file = line.path("line.db");
    const inCommand = (): boolean => {
      try {
        return SLOTS.every((slot) => isAt(file, slot, { command: /KEYGEN/ }));
      } catch {
        return false;
      }
    };
    await until("commands in both slots", inCommand);
    refuseWrites(tray.pid);
    ended = await tray.ended;
  }, 120_000);
  afterAll(() => line.stop());

  it("ends the runs with the modems released, and the station with exit code 3 and the reason", async () => {
    expect(ended.signal).toBeNull();
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain("audit.unwritable");
    expect(ended.stderr).not.toContain("station.internal");
    expect(ended.stderr.match(/ERROR .* station\.store-failed/g)).toHaveLength(SLOTS.length);
    for (const slot of SLOTS) expect(await line.stateOf(slot)).toBe("CFUN 1, CMEE 0");
    await line.untilGone(tray);
  });

  it("keeps a database that verifies, and takes runs again once it is writable", async () => {
    expect(await line.start(["verify", tray.audit], "verify-1").ended).toMatchObject({ code: 0 });
    expect(runsOf(tray.audit)).toHaveLength(SLOTS.length);
    const next = await run().ended;
    expect(next.stderr).toContain("slot 1: the last run was interrupted");
    expect(lastJson(next)).toMatchObject({ units: 2, pass: 2 });
    expect(await line.start(["verify", tray.audit], "verify-2").ended).toMatchObject({ code: 0 });
  }, 60_000);
});
