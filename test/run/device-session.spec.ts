import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import type { DeviceFirmware } from "../../src/run/device-report.ts";
import { deviceRig } from "./support/device-rig.ts";
import { profile } from "./support/run-rig.ts";

const WAYS: readonly DeviceFirmware[] = ["serial-modem", "zephyr-shell"];
const PASSED = ["connect1", "identify1", "check1", "claim1", "provision1", "verify1", "release1"];
const ROUND = ["NEED_LTE_DEACTIVATED", "NEED_LTE_ACTIVATED"];

describe.each(WAYS)("a run whose board provisions itself, by %s,", (by) => {
  it("passes, with its modem as it was found", async () => {
    const { rig, boardOf } = deviceRig(by);
    expect(await rig.run()).toMatchObject({ outcome: "PASS", release: "restored" });
    expect(rig.phases).toEqual(PASSED.map((phase) => `${phase} passed`));
    expect(boardOf().modem.mode).toBe(1);
  });

  it("announces the start alone, and concludes it with the report that ended the session", async () => {
    const { rig } = deviceRig(by);
    await rig.run();
    const announced = rig.eventsOf("command.announced").map(({ command }) => [command.kind, command.text]);
    expect(announced).toEqual([["session", by === "serial-modem" ? "AT#XNRFPROV" : "nrf_provisioning now"]]);
    expect(rig.eventsOf("command.concluded")[0]).toMatchObject({
      command: { kind: "session" },
      result: "ok",
      reply: by === "serial-modem" ? "#XNRFPROV: 0" : "Provisioning done",
    });
  });

  it("starts nothing before the store has confirmed the announcement", async () => {
    const { rig, boardOf } = deviceRig(by, { stores: ({ type }) => type !== "command.announced" });
    expect(await rig.run()).toMatchObject({ outcome: "ERROR", error: { code: "run.store-silent" } });
    expect(boardOf().sent.filter((sent) => /XNRFPROV…|characters/.test(sent) && !sent.includes("CMNG"))).toEqual([]);
    expect(rig.eventsOf("client.event")).toEqual([]);
  });

  it("tells the board's reports under the library's names", async () => {
    const { rig } = deviceRig(by);
    await rig.run();
    const names = rig.eventsOf("client.event").map(({ name }) => name);
    expect(names).toEqual(
      by === "serial-modem"
        ? [...ROUND, "NEED_LTE_ACTIVATED", "DONE"]
        : ["START", ...ROUND, "NEED_LTE_ACTIVATED", "DONE", "STOP"],
    );
  });

  it("tells the commands as the owner's side knows them, and what the unit made", async () => {
    const { rig } = deviceRig(by);
    await rig.run();
    const ordered = rig.eventsOf("command.concluded").filter(({ command }) => command.kind === "ordered");
    expect(ordered.map(({ command, reply, result }) => [command.text, command.ordinal, reply, result])).toEqual([
      ["cloudAccessKeyGeneration", 1, "SUCCEEDED", "ok"],
      ["serverCertificate", 2, "SUCCEEDED", "ok"],
      ["config", 3, "SUCCEEDED", "ok"],
      ["finished", 4, "SUCCEEDED", "ok"],
    ]);
  });

  it("proves by read-back what the recipe ordered", async () => {
    const { rig } = deviceRig(by);
    await rig.run();
    const verdicts = rig.eventsOf("credential.verified");
    expect(verdicts.map(({ secTag, credential, verdict }) => [secTag, credential, verdict])).toEqual([
      [16_842_753, 2, "present"],
      [16_842_753, 0, "match"],
    ]);
  });

  it.each([
    ["corrupt-store", "run.credential-different"],
    ["lost-write", "run.credential-missing"],
    ["keygen-fail", "device.command-failed"],
    ["memory-full", "device.command-failed"],
  ])("fails with %s as %s, although the board says that it is done", async (fault, code) => {
    const { rig } = deviceRig(by, { board: { faults: [fault] } });
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", release: "restored", error: { code } });
  });

  it("starts the board again for each portion of a long recipe", async () => {
    const many = Array.from({ length: 45 }, (_, index) => ({ config: { [`site/${index}`]: "x" } }));
    const { rig } = deviceRig(by, { recipe: { commands: [...many, "finished"] } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    const concluded = rig.eventsOf("command.concluded").map(({ command }) => command.kind);
    expect(concluded.filter((kind) => kind === "session")).toHaveLength(3);
    expect(concluded.filter((kind) => kind === "ordered")).toHaveLength(46);
  });

  it("judges by the board's reports and the read-back where the unit is claimed elsewhere", async () => {
    const { rig } = deviceRig(by, { recipe: { claim: { by: "elsewhere" }, commands: [] }, withoutOwner: true });
    rig.service.claimed.set("whose-ever", []);
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(rig.eventsOf("command.concluded").map(({ command }) => command.kind)).toEqual(["session"]);
  });

  it.each([
    ["session-silent", "FAIL", "device.silent"],
    ["session-failed", "ERROR", "device.failed"],
    ["session-unclaimed", "ERROR", "device.not-claimed"],
    ["session-wrong-ca", "ERROR", "device.wrong-root-ca"],
    ["session-no-time", "ERROR", "device.no-time"],
    ["session-too-many", "FAIL", "device.too-many-commands"],
    ["session-fatal", "FAIL", "device.fatal"],
    ["no-network", "ERROR", "device.no-network"],
  ])("ends with %s as %s, %s, its modem released", async (fault, outcome, code) => {
    const { rig } = deviceRig(by, { board: { faults: [fault] }, limit: 60 });
    expect(await rig.run()).toMatchObject({ outcome, release: "restored", error: { code } });
  });

  it("overlooks garbage among the reports", async () => {
    const { rig } = deviceRig(by, { board: { faults: ["session-garbage"] } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
  });

  it("tries a session again that failed before anything was carried out", async () => {
    const { rig } = deviceRig(by, { board: { faults: ["session-failed*1"] } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(rig.phases.filter((phase) => phase.startsWith("provision"))).toEqual([
      "provision1 repeated",
      "provision2 passed",
    ]);
  });

  it("tries again at nRF Cloud, which may take a moment to know a unit", async () => {
    const order = { profile: profile({ service: "nrf-cloud" }) };
    const { rig } = deviceRig(by, { board: { faults: ["session-unclaimed*2"] }, order });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
  });

  it("fails as at.rebooted when the board restarts in the middle of its work", async () => {
    const { rig } = deviceRig(by, { board: { faults: ["reboot"] } });
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", release: "restored", error: { code: "at.rebooted" } });
  });

  it("notices a board that hangs in the middle of its work before the limit is over", async () => {
    const { rig } = deviceRig(by, { board: { faults: ["silence"] } });
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", error: { code: "at.timeout" } });
    expect(rig.clock.monotonic()).toBeLessThan(seconds(500));
  });

  it("takes the network away from a board that is stopped, waits for its end, and releases it", async () => {
    const { rig, boardOf } = deviceRig(by, {
      onEvent: (event, { stop }) => {
        if (event.type === "client.event" && event.name === "NEED_LTE_DEACTIVATED")
          stop.abort(new StationError("station.aborted", "stopped by a person"));
      },
    });
    expect(await rig.run()).toMatchObject({ outcome: "ABORTED", release: "restored" });
    expect(boardOf().modem.mode).toBe(1);
    expect(rig.eventsOf("note").map(({ text }) => text)).toContain(
      "the board's session is ended by taking its network away",
    );
    expect(rig.eventsOf("command.concluded").at(0)?.result).not.toBe("ok");
  });

  it("refuses a port of another kind", async () => {
    const firmware = by === "serial-modem" ? "zephyr-shell" : "serial-modem";
    const { rig } = deviceRig(by, { board: { firmware } });
    expect(await rig.run()).toMatchObject({ outcome: "ERROR", error: { code: "device.wrong-port" } });
  });

  it("tells no token, in no event", async () => {
    const { rig } = deviceRig(by);
    await rig.run();
    const told = JSON.stringify(rig.events);
    for (const { headers } of rig.service.requests) {
      const jwt = headers.find(([name]) => name === "Authorization")?.[1] ?? "none.none";
      expect(told).not.toContain(jwt.split(".").at(-1));
    }
  });
});

describe("firmware that cannot provision itself", () => {
  it("is told from the answer to the test command, before anything is announced", async () => {
    const { rig } = deviceRig("serial-modem", { board: { firmware: "at" } });
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", error: { code: "device.unsupported" } });
    expect(rig.eventsOf("command.announced")).toEqual([]);
  });

  it("refuses to start, and is asked again", async () => {
    const { rig } = deviceRig("serial-modem", { board: { faults: ["plain-error@session"] } });
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", error: { code: "device.start-refused" } });
    expect(rig.eventsOf("command.concluded").map(({ result }) => result)).toEqual(["error", "error", "error"]);
  });
});

describe("Serial Modem", () => {
  it("is let go at once when a stop finds it waiting for its network: it carries out nothing more then", async () => {
    const { rig } = deviceRig("serial-modem", {
      onEvent: (event, { stop }) => {
        if (event.type === "client.event" && event.name === "NEED_LTE_DEACTIVATED")
          stop.abort(new StationError("station.aborted", "stopped"));
      },
    });
    expect(await rig.run()).toMatchObject({ outcome: "ABORTED", release: "restored" });
    expect(rig.eventsOf("client.event").map(({ name }) => name)).toEqual(ROUND);
    expect(rig.clock.monotonic()).toBeLessThan(seconds(15));
  });

  it("is switched on for its session, and left as it was found", async () => {
    const { rig, boardOf } = deviceRig("serial-modem", { board: { bootMode: 4 } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS", release: "restored" });
    expect(boardOf().modem.mode).toBe(4);
    expect(boardOf().sent.filter((sent) => sent.startsWith("AT+CFUN="))).toEqual([
      ...["AT+CFUN=1", "AT+CFUN=4", "AT+CFUN=1", "AT+CFUN=1", "AT+CFUN=4"],
    ]);
  });

  it("carries out nothing more once a stop has taken its network away", async () => {
    const { rig } = deviceRig("serial-modem", {
      onEvent: (event, { stop, clock }) => {
        if (event.type === "command.announced")
          clock.after(milliseconds(50), () => stop.abort(new StationError("station.aborted", "stopped")));
      },
    });
    expect(await rig.run()).toMatchObject({ outcome: "ABORTED" });
    const { calls } = rig.service;
    expect(calls.some(({ method }) => method === "POST")).toBe(true);
    expect(rig.eventsOf("credential.verified")).toEqual([]);
  });
});

describe("a board that says that it is done", () => {
  it("does not pass while the owner's side shows no results", async () => {
    const { rig } = deviceRig("serial-modem", {
      board: { provisioner: { provision: ({ tell }) => tell("NO_COMMANDS") } },
    });
    expect(await rig.run()).toMatchObject({ outcome: "ERROR", error: { code: "cloud.result-missing" } });
    expect(rig.eventsOf("command.concluded").map(({ command }) => command.kind)).toEqual(["session"]);
  });

  it("does not pass either where only its modem tells that nothing was done", async () => {
    const { rig } = deviceRig("zephyr-shell", {
      recipe: { claim: { by: "elsewhere" } },
      withoutOwner: true,
      board: {
        provisioner: {
          async provision({ tell }) {
            for (const event of ["START", "DONE", "STOP"] as const) await tell(event);
          },
        },
      },
    });
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", error: { code: "run.credential-missing" } });
  });

  it("says more by its service than by its report when a command failed", async () => {
    const { rig } = deviceRig("serial-modem", { board: { faults: ["keygen-fail"] } });
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", error: { code: "device.command-failed" } });
    const results = rig.eventsOf("command.concluded").map(({ command, result }) => `${command.text} ${result}`);
    expect(results.slice(0, 2)).toEqual(["AT#XNRFPROV ok", "cloudAccessKeyGeneration error"]);
  });
});
