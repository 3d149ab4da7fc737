import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { lastJson, type Ended } from "../cli/station-process.ts";
import { isAt, runsOf } from "./support/audit-file.ts";
import { FaultLine, type Station } from "./support/fault-line.ts";
import { SEES_PROCESSES, workerOf } from "./support/left-behind.ts";
import { until } from "./support/until.ts";

const KILLED = "2";
const STOPPED = "4";

describe.runIf(SEES_PROCESSES)("workers that are killed or stopped in the middle of a tray", () => {
  let line: FaultLine;
  let tray: Station;
  let ended: Ended;

  beforeAll(async () => {
    line = await FaultLine.start(5, [`${KILLED}=slow:3000@keygen*1`, `${STOPPED}=slow:3000@write*1`]);
    tray = line.run({ audit: "tray.db" });
    const strike = async (slot: string, command: RegExp, signal: NodeJS.Signals): Promise<void> => {
      await until(`the command in slot ${slot}`, () => isAt(tray.audit, slot, { command }));
      process.kill(workerOf(tray.marker, slot)!.pid, signal);
    };
    await Promise.all([strike(KILLED, /KEYGEN/, "SIGKILL"), strike(STOPPED, /CMNG 0/, "SIGSTOP")]);
    ended = await tray.ended;
  }, 120_000);
  afterAll(() => line.stop());

  it("end their slots as ERROR and leave the others alone", () => {
    expect(ended.code).toBe(1);
    expect(lastJson(ended)).toMatchObject({ units: 5, pass: 3, fail: 0, error: 2, aborted: 0 });
    const runs = Object.fromEntries(runsOf(tray.audit).map((run) => [run.slot, run]));
    expect(runs[KILLED]).toMatchObject({
      ...{ outcome: "ERROR", code: "station.worker-died", release: "unreachable" },
      facts: { signal: "SIGKILL" },
    });
    expect(runs[STOPPED]).toMatchObject({ outcome: "ERROR", code: "station.worker-hung", release: "unreachable" });
    expect([runs["1"], runs["3"], runs["5"]].map((run) => run?.outcome)).toEqual(["PASS", "PASS", "PASS"]);
  });

  it("leave no process, not even the stopped one, and a database that verifies", async () => {
    await line.untilGone(tray);
    expect(await verifyFile(tray.audit, {})).toMatchObject({ ok: true, runs: 5 });
  });

  it("leave modems that pass in the next run", async () => {
    const next = line.run({ audit: "tray.db", slots: [KILLED, STOPPED] });
    expect(lastJson(await next.ended)).toMatchObject({ units: 2, pass: 2 });
  }, 60_000);
});
