import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { makeBoard } from "../../src/simulator/board.ts";
import { SimulatedModem } from "../../src/simulator/simulated-modem.ts";
import { answer } from "../fakes/fake-service.ts";
import { RunRig } from "./support/run-rig.ts";
import { deviceAnswers, error, modemAnswers, recipeIs } from "./support/twists.ts";

describe("a run with trouble", () => {
  it("is ERROR with the owner named when another account has the unit", async () => {
    const rig = new RunRig();
    rig.service.foreign.add(rig.opener.modem.board.uuid);
    expect(await rig.run()).toMatchObject({ outcome: "ERROR", error: { code: "cloud.claimed-elsewhere" } });
  });

  it("fails for unexpected credentials only where the recipe forbids them", async () => {
    const before = `AT%CMNG=0,16842753,3,"00"`;
    const outcomes = [false, true].map(async (forbidUnexpected) => {
      const rig = new RunRig(recipeIs({ verify: { forbidUnexpected } }));
      rig.opener.modem.execute("AT+CFUN=4");
      rig.opener.modem.execute(before);
      const { outcome, error: report } = await rig.run();
      return [outcome, report?.code, rig.eventsOf("credential.verified").map(({ verdict }) => verdict)];
    });
    const verdicts = ["match", "match", "unexpected"];
    expect(await Promise.all(outcomes)).toEqual([
      ["PASS", undefined, verdicts],
      ["FAIL", "run.credential-unexpected", verdicts],
    ]);
  });

  it("opens a lost line once more to put the modem back", async () => {
    const rig = new RunRig(modemAnswers(/CMNG=0/, error("link.lost")));
    expect(await rig.run()).toMatchObject({ outcome: "ERROR", release: "restored", error: { code: "link.lost" } });
    expect(rig.opener.opened).toBe(2);
    expect(rig.opener.modem.mode).toBe(1);
  });

  it("names the modem as unreachable when the line cannot be opened again", async () => {
    const rig = new RunRig({
      modem: {
        answer: (command) => (command.includes("CMNG=0") ? error("link.lost") : undefined),
        open: (count) => (count > 1 ? error("link.refused") : undefined),
      },
    });
    expect(await rig.run()).toMatchObject({ outcome: "ERROR", release: "unreachable", error: { code: "link.lost" } });
  });

  it("repeats what may pass, and tells that it did", async () => {
    const rig = new RunRig({
      modem: { open: (count) => (count === 1 ? error("link.refused") : undefined) },
      service: {
        owner: (_call, count) => (count === 1 ? answer(500) : undefined),
        device: (_request, count) => (count === 1 ? error("transport.timeout") : undefined),
      },
    });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(rig.phases.filter((phase) => phase.endsWith("repeated"))).toEqual([
      "connect1 repeated",
      "claim1 repeated",
      "provision1 repeated",
    ]);
  });

  it("waits as long as the service asks before it claims again", async () => {
    const rig = new RunRig({
      service: { owner: (_call, count) => (count === 1 ? { ...answer(429), retryAfter: "45" } : undefined) },
    });
    const { outcome, elapsedMs } = await rig.run();
    expect(outcome).toBe("PASS");
    expect(elapsedMs).toBeGreaterThan(45_000);
  });

  it("never repeats a session that executed commands", async () => {
    const rig = new RunRig(deviceAnswers("POST", error("transport.reset")));
    await rig.run();
    expect(rig.phases).toContain("provision1 failed");
    expect(rig.settings.get("provisioning/after-correlation-id")).toBe("c3");
  });

  it("is ERROR when the store confirms nothing: the command is not sent", async () => {
    const rig = new RunRig({ stores: (event) => event.type !== "command.announced" });
    expect(await rig.run()).toMatchObject({
      outcome: "ERROR",
      release: "restored",
      error: { code: "run.store-silent" },
    });
    expect(rig.opener.sent.filter((command) => /CMNG=[03]|KEYGEN/.test(command))).toEqual([]);
  });

  it("is ERROR when a result stays open at the owner's side", async () => {
    const rig = new RunRig({
      service: {
        owner: ({ method, path }, count) =>
          method === "GET" && path.endsWith("provisioning") && count > 4
            ? answer(200, { items: ["c1", "c2", "c3", "c4"].map((id) => ({ id, status: "IN_PROGRESS" })) })
            : undefined,
      },
    });
    expect(await rig.run()).toMatchObject({ outcome: "ERROR", error: { code: "cloud.result-missing" } });
  });

  it("is ERROR when the owner's side counts a command as failed", async () => {
    const items = [{ id: "c1", status: "FAILED", response: { config: { reason: "key not registered" } } }];
    const rig = new RunRig({
      service: {
        owner: ({ method, path }, count) =>
          /^GET.*ing$/.test(`${method}${path}`) && count > 4 ? answer(200, { items }) : undefined,
      },
    });
    const { error: report } = await rig.run();
    expect(report).toMatchObject({ code: "cloud.result-failed", facts: { message: "key not registered" } });
  });

  it("refuses a key's token of another device", async () => {
    const other = new SimulatedModem({ board: makeBoard("station", 2), clock: new VirtualClock() });
    other.execute("AT+CFUN=4");
    const token = other.execute("AT%KEYGEN=16842753,2,0");
    const rig = new RunRig(modemAnswers(/KEYGEN/, token));
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", error: { code: "run.token-of-other-unit" } });
  });

  it("refuses a claim with the token of another device", async () => {
    const other = new SimulatedModem({ board: makeBoard("station", 2), clock: new VirtualClock() });
    const rig = new RunRig(modemAnswers(/ATTESTTOKEN/, other.execute("AT%ATTESTTOKEN")));
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", error: { code: "run.token-of-other-unit" } });
    expect(rig.service.calls).toEqual([]);
  });
});
