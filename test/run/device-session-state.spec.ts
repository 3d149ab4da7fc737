import { describe, expect, it } from "vitest";
import type { DeviceEventName, DeviceFirmware } from "../../src/run/device-report.ts";
import { nextSession, SESSION_BEGUN, type SessionState } from "../../src/run/device-session-state.ts";

const after = (by: DeviceFirmware, ...names: readonly DeviceEventName[]): SessionState =>
  names.reduce((state, name) => nextSession(state, { kind: "event", name, text: name }, by, 1000), SESSION_BEGUN);

describe("a session by the board's log", () => {
  it.each([
    [["START", "DONE", "STOP"], "DONE"],
    [["START", "STOP", "DONE"], "DONE"],
    [["START", "STOP", "FAILED"], "FAILED"],
    [["START", "FATAL_ERROR"], "FATAL_ERROR"],
  ] as const)("is over after %j, as %s", (names, end) => {
    expect(after("zephyr-shell", ...names)).toMatchObject({ end, over: true });
  });

  it("waits a little for the result behind STOP, and for STOP behind the result", () => {
    expect(after("zephyr-shell", "START", "STOP")).toMatchObject({ end: "STOP", closes: 3000, over: false });
    expect(after("zephyr-shell", "START", "DONE")).toMatchObject({ end: "DONE", closes: 3000, over: false });
  });

  it("takes an end without START for another session's, until none has begun for a while", () => {
    expect(after("zephyr-shell", "FAILED_DEVICE_NOT_CLAIMED", "STOP")).toMatchObject({ closes: 11_000, over: false });
    const begun = after("zephyr-shell", "FAILED_DEVICE_NOT_CLAIMED", "STOP", "START");
    expect(begun).toEqual({ ...SESSION_BEGUN, started: true, report: "START" });
    expect(after("zephyr-shell", "FAILED", "STOP", "START", "DONE", "STOP")).toMatchObject({ end: "DONE", over: true });
  });

  it("keeps the first result", () => {
    expect(after("zephyr-shell", "START", "FAILED", "DONE")).toMatchObject({ end: "FAILED" });
  });
});

describe("a session by Serial Modem's reports", () => {
  it("is over with its result, as nothing follows", () => {
    expect(after("serial-modem", "NEED_LTE_DEACTIVATED", "DONE")).toMatchObject({
      end: "DONE",
      over: true,
      worked: true,
    });
  });

  it("has done no work before it asks for a mode", () => {
    expect(after("serial-modem", "SCHEDULED_PROVISIONING", "FAILED").worked).toBe(false);
  });

  it("stays as it is once it is over", () => {
    const over = after("serial-modem", "DONE");
    expect(nextSession(over, { kind: "event", name: "FAILED", text: "" }, "serial-modem", 5000)).toBe(over);
  });
});
