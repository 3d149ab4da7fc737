import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { answerCustomAt, serialModemNumber, type CustomAtPorts } from "../../src/provisioning/custom-at.ts";
import { EVENT_NUMBERS, type ProvisioningEvent } from "../../src/provisioning/events.ts";
import { MemorySettings } from "../../src/provisioning/memory-settings.ts";
import { provisioningOptions } from "../../src/provisioning/options.ts";

function rig(changes: Partial<CustomAtPorts> = {}) {
  const printed: string[] = [];
  const settings = new MemorySettings([
    ["provisioning/interval-sec", "60"],
    ["elsewhere/name", "x"],
  ]);
  const ports: CustomAtPorts = {
    client: { triggerManually: () => 0 },
    settings,
    options: provisioningOptions({ http: true, customAt: true }),
    print: (line) => printed.push(line),
    ...changes,
  };
  return { printed, ports };
}

describe("custom AT commands", () => {
  it("AT#PROVSTART starts provisioning and answers OK or ERROR", async () => {
    expect(await answerCustomAt("AT#PROVSTART", rig().ports)).toBe("OK");
    expect(await answerCustomAt("at#provstart", rig({ client: { triggerManually: () => "EFAULT" } }).ports)).toBe(
      "ERROR",
    );
  });

  it("AT#PROVCFG prints the settings and answers OK or ERROR", async () => {
    const { ports, printed } = rig();
    expect(await answerCustomAt("AT#PROVCFG", ports)).toBe("OK");
    expect(printed).toEqual(["provisioning/interval-sec: 60"]);
    const settings = new MemorySettings();
    settings.load = () => Promise.reject(new StationError("provisioning.settings-unavailable", "no store"));
    expect(await answerCustomAt("AT#PROVCFG", rig({ settings }).ports)).toBe("ERROR");
  });

  it("are unknown without CUSTOM_AT, as every other command is", async () => {
    const options = provisioningOptions({ http: true });
    expect(await answerCustomAt("AT#PROVSTART", rig({ options }).ports)).toBeUndefined();
    expect(await answerCustomAt("AT+CFUN?", rig().ports)).toBeUndefined();
  });

  it("have the Serial Modem's number for every event that it reports", () => {
    const error = new StationError("provisioning.no-answer", "no answer");
    const number = (type: string): number | undefined =>
      serialModemNumber({ type, error, seconds: 1 } as ProvisioningEvent);
    expect(Object.fromEntries(Object.keys(EVENT_NUMBERS).map((name) => [name, number(name)]))).toEqual({
      START: undefined,
      STOP: undefined,
      DONE: 0,
      FAILED: -1,
      NO_COMMANDS: 0,
      FAILED_TOO_MANY_COMMANDS: -5,
      FAILED_DEVICE_NOT_CLAIMED: -2,
      FAILED_WRONG_ROOT_CA: -3,
      FAILED_NO_VALID_DATETIME: -4,
      NEED_LTE_DEACTIVATED: 1,
      NEED_LTE_ACTIVATED: 2,
      SCHEDULED_PROVISIONING: undefined,
      FATAL_ERROR: -6,
    });
  });
});
