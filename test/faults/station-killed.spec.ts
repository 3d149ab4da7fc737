import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { station } from "../cli/station-process.ts";
import { isAt, runsOf, type RunRow } from "./support/audit-file.ts";
import { FaultLine, type Station } from "./support/fault-line.ts";
import { processesOf, SEES_PROCESSES, workerOf } from "./support/left-behind.ts";
import { until } from "./support/until.ts";

/** What holds a slot in a phase long enough to kill the station there, within the limits of the command. */
const PHASES = [
  { slot: "1", fault: String.raw`mute@/^AT\+CGSN/*2`, place: { phase: "connect" } },
  {
    slot: "2",
    fault: String.raw`slow:4000@/^AT(\+CGM|%DEVICEUUID|%HWVERSION|%XICCID)/*3`,
    place: { phase: "identify" },
  },
  { slot: "3", fault: "slow:9000@claim*1", place: { phase: "claim" } },
  { slot: "4", fault: "slow:9000@jwt*1", place: { phase: "provision" } },
  { slot: "5", fault: "slow:12000@keygen*1", place: { command: /^%KEYGEN 16842753,2,0/ } },
  { slot: "6", fault: "slow:12000@write*1", place: { command: /^%CMNG 0,16842753,0,"\[sha256:/ } },
  { slot: "7", fault: "slow:12000@verify*1", place: { phase: "verify" } },
  { slot: "8", fault: String.raw`slow:12000@/^AT\+CMEE=0/*1`, place: { phase: "release" } },
] as const;

const lastCommandOf = (run: RunRow | undefined): unknown => run?.facts["lastCommand"];

describe.runIf(SEES_PROCESSES)("a station that is killed", () => {
  let line: FaultLine;
  const killed = new Map<string, Station>();
  const auditOf = (slot: string): string => line.path(`${slot}.db`);
  const nameOf = ({ place }: (typeof PHASES)[number]): string =>
    "phase" in place ? place.phase : place.command.source;

  beforeAll(async () => {
    line = await FaultLine.start(
      PHASES.length,
      PHASES.map(({ slot, fault }) => `${slot}=${fault}`),
    );
    await Promise.all(
      PHASES.map(async (each) => {
        const { slot, place } = each;
        const started = line.run({ slots: [slot], audit: `${slot}.db` });
        killed.set(slot, started);
        await until(`slot ${slot} in ${nameOf(each)}`, () => isAt(started.audit, slot, place));
        started.kill("SIGKILL");
        await started.ended;
      }),
    );
  }, 120_000);
  afterAll(() => line.stop());

  it.each(PHASES.map((each) => ({ ...each, where: nameOf(each) })))(
    "in $where leaves a worker that releases its modem and ends",
    async ({ slot }) => {
      await line.untilGone(killed.get(slot)!);
      expect(await line.stateOf(slot)).toBe("CFUN 1, CMEE 0");
    },
  );

  it("leaves databases that verify as they are", async () => {
    const verdict = await station(["verify", auditOf("5")]);
    expect(verdict).toMatchObject({ code: 0 });
    for (const { slot } of PHASES) expect(await verifyFile(auditOf(slot), {})).toMatchObject({ ok: true });
  });

  it("is followed by one that records the runs as ABORTED, names the last command and passes the same units", async () => {
    const next = PHASES.map(({ slot }) => line.run({ slots: [slot], audit: `${slot}.db` }));
    const ends = await Promise.all(next.map(({ ended }) => ended));
    expect(ends.map(({ code }) => code)).toEqual(PHASES.map(() => 0));
    expect(ends[4]?.stderr).toContain("slot 5: the last run was interrupted at %KEYGEN 16842753,2,0");
    for (const each of PHASES) {
      const [aborted, passed, ...more] = runsOf(auditOf(each.slot));
      expect(more).toEqual([]);
      expect(aborted).toMatchObject({ outcome: "ABORTED", code: "run.interrupted", release: "unreachable" });
      expect(String(lastCommandOf(aborted))).toMatch("command" in each.place ? each.place.command : /^undefined$/);
      expect(passed).toMatchObject({ outcome: "PASS", release: "restored" });
      expect(await verifyFile(auditOf(each.slot), {})).toMatchObject({ ok: true, runs: 2 });
    }
  }, 60_000);

  it("takes the helpers and workers of a demo with it", async () => {
    const args = ["demo", "--units", "2", "--dir", line.path("demo"), "--fault", "2=slow:6000@keygen", "--json"];
    const demo = line.start(args, "demo-helpers");
    const audit = line.path("demo/audit.db");
    await until("a command in slot 2", () => isAt(audit, "2", { command: /KEYGEN/ }));
    demo.kill("SIGKILL");
    await demo.ended;
    await line.untilGone(demo);
    expect(await verifyFile(audit, {})).toMatchObject({ ok: true });
  }, 60_000);

  it("takes a worker with it that has only just been started", async () => {
    const early = line.run({ slots: ["1"] });
    await until("the worker", () => workerOf(early.marker, "1"));
    early.kill("SIGKILL");
    await early.ended;
    await line.untilGone(early);
    expect(processesOf(early.marker)).toEqual([]);
  }, 60_000);
});
