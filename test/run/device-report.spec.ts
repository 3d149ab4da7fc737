import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { serialModemNumber } from "../../src/provisioning/custom-at.ts";
import { EVENT_NUMBERS } from "../../src/provisioning/events.ts";
import { readLogReport, readStatusReport } from "../../src/run/device-report.ts";

const LOG = "[00:00:12.345,678] <inf> nrf_provisioning_sample: ";

describe("a report of Serial Modem", () => {
  it.each([
    ["0", "DONE"],
    ["1", "NEED_LTE_DEACTIVATED"],
    ["2", "NEED_LTE_ACTIVATED"],
    ["-1", "FAILED"],
    ["-2", "FAILED_DEVICE_NOT_CLAIMED"],
    ["-3", "FAILED_WRONG_ROOT_CA"],
    ["-4", "FAILED_NO_VALID_DATETIME"],
    ["-5", "FAILED_TOO_MANY_COMMANDS"],
    ["-6", "FATAL_ERROR"],
  ])("%s is %s", (status, name) => {
    expect(readStatusReport(`#XNRFPROV: ${status}`)).toEqual({ kind: "event", name, text: `#XNRFPROV: ${status}` });
  });

  it("has the numbers of the add-on's own table", () => {
    const error = new StationError("device.failed", "as the test wants");
    for (const type of Object.keys(EVENT_NUMBERS) as readonly (keyof typeof EVENT_NUMBERS)[]) {
      const status = serialModemNumber({ type, error, seconds: 1 });
      if (status === undefined) continue;
      const name = type === "NO_COMMANDS" ? "DONE" : type;
      expect(readStatusReport(`#XNRFPROV: ${status}`)).toMatchObject({ name });
    }
  });

  it("tells the seconds until the next attempt where the firmware was built with a schedule", () => {
    expect(readStatusReport("#XNRFPROV: 86400")).toMatchObject({ name: "SCHEDULED_PROVISIONING", seconds: 86_400 });
  });

  it("is a failure where newer firmware tells a number below those that are known", () => {
    expect(readStatusReport("#XNRFPROV: -7")).toMatchObject({ kind: "event", name: "FAILED" });
  });

  it.each(["#XNRFPROV:", "#XNRFPROV: 1e9", "#XNRFPROV: \u00ff?", "#XNRFPROV: 0 0", `#XNRFPROV: ${"9".repeat(400)}`])(
    "is unknown when it is %j",
    (line) => {
      const report = readStatusReport(line);
      expect(report).toMatchObject({ kind: "unknown" });
      expect(report?.text.length).toBeLessThanOrEqual(80);
    },
  );

  it.each(["#XNRFCLOUD: 1,1", "+CEREG: 1", "XNRFPROV: 0", ""])("is not %j", (line) => {
    expect(readStatusReport(line)).toBeUndefined();
  });
});

describe("a report in the log", () => {
  it.each([
    ["Provisioning started", "START"],
    ["Provisioning stopped", "STOP"],
    ["Provisioning done", "DONE"],
    ["Provisioning done, rebooting...", "DONE"],
    ["Provisioning done, no commands received from the server", "NO_COMMANDS"],
    ["Provisioning failed, try again...", "FAILED"],
    ["Provisioning failed, too many commands for the device to handle", "FAILED_TOO_MANY_COMMANDS"],
    ["Provisioning failed, device not claimed", "FAILED_DEVICE_NOT_CLAIMED"],
    ["Provisioning failed, wrong root CA certificate for nRF Cloud provisioned", "FAILED_WRONG_ROOT_CA"],
    ["Provisioning failed, no valid datetime reference", "FAILED_NO_VALID_DATETIME"],
    ["Provisioning error, irrecoverable", "FATAL_ERROR"],
    ["nRF Provisioning requires device to deactivate network", "NEED_LTE_DEACTIVATED"],
    ["nRF Provisioning requires device to activate network", "NEED_LTE_ACTIVATED"],
  ])("%j is %s, with and without a time", (sentence, name) => {
    expect(readLogReport(`${LOG}${sentence}`)).toMatchObject({ kind: "event", name });
    expect(readLogReport(`<wrn> app: ${sentence}`)).toMatchObject({ kind: "event", name });
  });

  it("tells the seconds until the next attempt", () => {
    const report = readLogReport(`${LOG}Provisioning scheduled, next attempt in 86401 seconds`);
    expect(report).toMatchObject({ name: "SCHEDULED_PROVISIONING", seconds: 86_401 });
  });

  it.each([
    "Provisioning started",
    "<inf> nrf_provisioning: Checking for provisioning commands in 1 seconds",
    "<wrn> nrf_provisioning: Unauthorized access: device is not yet claimed.",
    "<inf> app: The Provisioning started",
  ])("is not %j", (line) => {
    expect(readLogReport(line)).toBeUndefined();
  });

  it("keeps nothing of a line but the sentence that is known", () => {
    expect(readLogReport(`${LOG}Provisioning failed, secret-of-the-board`)?.text).toBe("Provisioning failed");
  });
});

describe("the readers of reports", () => {
  it("take whatever a board writes, in bounded time and size", () => {
    const line = fc.oneof(
      fc.string({ unit: "binary", maxLength: 5000 }),
      fc.string({ unit: "binary", maxLength: 300 }).map((text) => `#XNRFPROV: ${text}`),
      fc.string({ unit: "binary", maxLength: 300 }).map((text) => `${LOG}Provisioning ${text}`),
    );
    fc.assert(
      fc.property(line, (text) => {
        for (const report of [readStatusReport(text), readLogReport(text)])
          expect(report?.text.length ?? 0).toBeLessThanOrEqual(100);
      }),
    );
  });
});
