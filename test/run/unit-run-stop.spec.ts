import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { profile, RunRig, type RigOptions } from "./support/run-rig.ts";

describe("a run that is stopped", () => {
  const stopAt = (type: string, options: RigOptions = {}): RunRig =>
    new RunRig({
      ...options,
      onEvent: (event, rig) => {
        if (event.type === type) rig.stop.abort(new StationError("station.aborted", "the operator stopped the run"));
      },
    });

  it.each([
    "phase.started",
    "at.exchange",
    "unit.identified",
    "command.announced",
    "command.concluded",
    "credential.verified",
  ])("is ABORTED with the modem put back, whenever it is stopped (at %s)", async (type) => {
    const rig = stopAt(type);
    const finished = await rig.run();
    expect(finished).toMatchObject({ outcome: "ABORTED", error: { code: "station.aborted" } });
    expect(["restored", "untouched"]).toContain(finished.release);
    expect(rig.opener.modem.mode).toBe(1);
    expect(rig.opener.isOpen).toBe(false);
  });

  it("waits for the command in flight, sends nothing more of the list, then releases", async () => {
    const rig = new RunRig({
      modem: { takes: (command) => (command.includes("KEYGEN") ? seconds(40) : milliseconds(1)) },
      onEvent: (event, { stop }) => {
        if (event.type === "command.announced" && event.command.text.includes("KEYGEN"))
          rig.clock.after(seconds(5), () => stop.abort(new StationError("station.aborted", "stopped")));
      },
    });
    const { outcome, elapsedMs } = await rig.run();
    expect(outcome).toBe("ABORTED");
    expect(elapsedMs).toBeGreaterThan(40_000);
    const after = rig.opener.sent.slice(rig.opener.sent.findIndex((command) => command.includes("KEYGEN")) + 1);
    expect(after.filter((command) => command.includes("CMNG"))).toEqual([]);
    expect(after).toContain("AT+CFUN=1");
  });

  it("does not wait for a network that is silent", async () => {
    const rig = new RunRig({ service: { device: () => undefined } });
    rig.service.http.exchange = () => new Promise(() => undefined);
    rig.clock.after(seconds(10), () => rig.stop.abort(new StationError("station.aborted", "stopped")));
    expect((await rig.run()).elapsedMs).toBeLessThan(11_000);
  });

  it("ends a phase at its limit, waits for its work to stop, and releases", async () => {
    const order = { profile: profile() };
    const rig = new RunRig({
      order,
      modem: { takes: (command) => seconds(/CGM|CGSN|UUID|HWV|ICCID/.test(command) ? 50 : 0) },
    });
    expect(await rig.run()).toMatchObject({
      outcome: "ERROR",
      release: "restored",
      error: { code: "run.phase-limit" },
    });
  });
});
