import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { seconds } from "../../src/core/duration.ts";
import { FAULT_KINDS } from "../../src/simulator/fault-kind.ts";
import { RunRig } from "../run/support/run-rig.ts";
import { lastJson, type Ended } from "../cli/station-process.ts";
import { runsOf, type RunRow } from "./support/audit-file.ts";
import { FaultLine, type Station } from "./support/fault-line.ts";

/** How a run with a fault must end. */
type Case = {
  readonly fault: string;
  readonly outcome: "PASS" | "FAIL" | "ERROR";
  readonly code: string | null;
  readonly release?: "restored" | "unreachable" | "untouched";
  /** A part of the advice that sends the operator to the right place. */
  readonly advice?: RegExp;
  /** Whether the same unit passes in the next run, as the fault is over then. */
  readonly passes?: true;
};

const pass = (fault: string): Case => ({ fault, outcome: "PASS", code: null });
const fail = (fault: string, code: string, more: Partial<Case> = {}): Case => ({
  fault,
  outcome: "FAIL",
  code,
  ...more,
});
const error = (fault: string, code: string, more: Partial<Case> = {}): Case => ({
  ...{ fault, outcome: "ERROR", code },
  ...more,
});

// One slot each, all in one batch. `@jwt` where the usual moment would only make the run wait for a longer limit.
const CASES: readonly Case[] = [
  fail("silence@jwt", "at.timeout", { release: "unreachable", advice: /powered and seated/ }),
  fail("silence@connect", "at.silent", { release: "unreachable", advice: /power, cable/ }),
  fail("mute", "at.timeout", { passes: true, advice: /powered and seated/ }),
  fail("mute@jwt", "at.timeout", { passes: true }),
  fail("garbage@jwt", "at.timeout", { passes: true }),
  fail("truncated", "at.timeout", { passes: true }),
  pass("truncated@claim"),
  fail("late:11000@jwt", "at.timeout", { passes: true }),
  fail("late", "at.timeout", { passes: true }),
  pass("noise"),
  pass("slow"),
  pass("flow"),
  fail("mixed-up", "run.firmware-unknown", { passes: true }),
  pass("urc-storm"),
  error("disconnect", "link.lost", { passes: true, advice: /cable and hub/ }),
  error("disconnect@verify", "link.lost", { passes: true }),
  pass("disconnect@identify"),
  error("unplug", "link.lost", { release: "unreachable", advice: /cable and hub/ }),
  fail("reboot", "at.rebooted", { passes: true, advice: /supply and its contacts/ }),
  fail("reboot@keygen", "at.rebooted", { passes: true }),
  fail("wrong-cme", "provisioning.command-refused", { advice: /look up its error code/ }),
  fail("plain-error", "provisioning.command-refused"),
  pass("cold-start"),
  fail("keygen-fail", "at.keygen-failed", { advice: /could not make a key/ }),
  fail("key-exists", "at.already-exists", { advice: /deletes it first/ }),
  fail("memory-full", "at.storage-full", { advice: /storage is full/ }),
  error("power-warning", "at.power-warning", { advice: /power supply/ }),
  error("bad-content", "at.invalid-content", { advice: /recipe's files/ }),
  fail("no-access", "at.no-access"),
  fail("active", "at.modem-active"),
  fail("jwt-fail", "provisioning.signing-refused"),
  fail("attest-fail", "provisioning.attestation-refused"),
  fail("cfun-error", "run.mode-refused", { advice: /power-cycle/ }),
  fail("online-error", "run.mode-refused", { release: "unreachable", advice: /SIM card/ }),
  fail("no-uuid", "run.identity-unreadable"),
  fail("no-clock", "provisioning.modem-time-missing"),
  fail("old-firmware", "run.firmware-too-old", { advice: /update it/ }),
  fail("wrong-model", "run.wrong-model", { advice: /right board and the right recipe/ }),
  fail("corrupt-store", "run.credential-different"),
  fail("lost-write", "run.credential-missing"),
  error("rogue-key", "provisioning.token-refused", { advice: /set it aside/ }),
  error("bad-signature", "provisioning.token-refused"),
  error("bad-attestation", "provisioning.token-refused"),
  error("unclaimed", "provisioning.token-refused"),
  error("clock-skew", "provisioning.token-refused", { advice: /clock/ }),
  error("duplicate", "station.unit-in-other-slot", { advice: /wiring/ }),
  pass("echo"),
  pass("echo-stuck"),
  pass("crlf-lead"),
  pass("shell"),
];
const ROWS = CASES.map((each, index) => ({ ...each, slot: String(index + 2) }));
const HEALTHY = "1";
const BATCH_LIMIT = 150_000;

describe("a tray with one fault a slot", () => {
  let line: FaultLine;
  let first: Station;
  let ended: Ended;
  let runs: readonly RunRow[];
  const runIn = (slot: string): RunRow | undefined => runs.find((run) => run.slot === slot);

  beforeAll(async () => {
    line = await FaultLine.start(
      ROWS.length + 1,
      ROWS.map(({ slot, fault }) => `${slot}=${fault}`),
    );
    first = line.run({ audit: "tray.db" });
    ended = await first.ended;
    runs = runsOf(first.audit);
  }, BATCH_LIMIT);
  afterAll(() => line.stop());

  it("covers every kind of fault, together with the one that takes two minutes", () => {
    const covered = new Set([...CASES.map(({ fault }) => fault.split(/[:@*]/)[0]), "offline-stuck"]);
    // Those of boards that provision themselves are proven in test/run/device-session.spec.ts.
    const kinds = Object.entries(FAULT_KINDS).filter(([, { moment }]) => moment !== "session" && moment !== "network");
    expect([...covered].sort()).toEqual(kinds.map(([kind]) => kind).sort());
  });

  it.each(ROWS)("ends $fault as $outcome $code", ({ slot, outcome, code, release = "restored", advice = /^/ }) => {
    const run = runIn(slot);
    expect(run).toMatchObject({ outcome, code, release });
    expect(run?.advice).toMatch(advice);
  });

  it("passes the healthy slot and counts the outcomes", () => {
    expect(runIn(HEALTHY)).toMatchObject({ outcome: "PASS", code: null, release: "restored" });
    const count = (outcome: string): number => runs.filter((run) => run.outcome === outcome).length;
    expect(lastJson(ended)).toMatchObject({
      ...{ units: ROWS.length + 1, aborted: 0 },
      ...{ pass: count("PASS"), fail: count("FAIL"), error: count("ERROR") },
    });
    expect(ended.code).toBe(1);
  });

  it("leaves no process, and a database that verifies", async () => {
    await line.untilGone(first);
    expect(await verifyFile(first.audit, {})).toMatchObject({ ok: true, runs: ROWS.length + 1 });
  });

  it.each(ROWS.filter((row) => row.release === undefined && row.fault !== "shell"))(
    "finds the modem of $fault as it was before",
    async ({ slot }) => {
      expect(await line.stateOf(slot)).toBe("CFUN 1, CMEE 0");
    },
  );

  it("passes the units of passing faults in the next run", async () => {
    const slots = ROWS.filter(({ passes }) => passes).map(({ slot }) => slot);
    const second = line.run({ audit: "tray.db", slots });
    expect((await second.ended).code).toBe(0);
    await line.untilGone(second);
    expect(await verifyFile(second.audit, {})).toMatchObject({ ok: true });
  }, 60_000);
});

describe("a modem that says OK and stays online", () => {
  it("fails once the library has waited its two minutes", async () => {
    const rig = new RunRig({
      modem: {
        answer: (command, modem) => (command === "AT+CFUN=4" ? modem.execute(command, "offline-stuck") : undefined),
      },
    });
    expect(await rig.run(seconds(300))).toMatchObject({
      ...{ outcome: "FAIL", release: "restored" },
      error: { code: "provisioning.mode-not-reached" },
    });
  });
});
