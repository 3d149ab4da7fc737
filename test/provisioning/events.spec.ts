import { describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { StationError } from "../../src/core/error.ts";
import { ERRNO, errnoName } from "../../src/provisioning/errno.ts";
import {
  EVENT_NUMBERS,
  failureEventName,
  isBackoffResult,
  type ProvisioningEvent,
} from "../../src/provisioning/events.ts";

const OWN_EVENT = ["EACCES", "ENOMEM", "ECONNREFUSED", "ENODATA"];

describe("events", () => {
  it("have the library's thirteen names and numbers", () => {
    expect(Object.entries(EVENT_NUMBERS).map(([name, number]) => `${number} ${name}`)).toEqual([
      "1 START",
      "2 STOP",
      "3 DONE",
      "4 FAILED",
      "5 NO_COMMANDS",
      "6 FAILED_TOO_MANY_COMMANDS",
      "7 FAILED_DEVICE_NOT_CLAIMED",
      "8 FAILED_WRONG_ROOT_CA",
      "9 FAILED_NO_VALID_DATETIME",
      "10 NEED_LTE_DEACTIVATED",
      "11 NEED_LTE_ACTIVATED",
      "12 SCHEDULED_PROVISIONING",
      "13 FATAL_ERROR",
    ]);
  });

  it("follow from the result: four have their own, every other negative is FAILED", () => {
    expect(failureEventName("EACCES")).toBe("FAILED_DEVICE_NOT_CLAIMED");
    expect(failureEventName("ENOMEM")).toBe("FAILED_TOO_MANY_COMMANDS");
    expect(failureEventName("ECONNREFUSED")).toBe("FAILED_WRONG_ROOT_CA");
    expect(failureEventName("ENODATA")).toBe("NO_COMMANDS");
    const others = Object.values(ERRNO)
      .map(errnoName)
      .filter((errno) => !OWN_EVENT.includes(errno));
    expect(new Set(others.map(failureEventName))).toEqual(new Set(["FAILED"]));
  });

  it("lead to a backoff for EBUSY and ETIMEDOUT alone", () => {
    expect(Object.values(ERRNO).map(errnoName).filter(isBackoffResult)).toEqual(["EBUSY", "ETIMEDOUT"]);
  });

  it("never print the attestation token", () => {
    const error = new StationError("provisioning.not-claimed", "not claimed");
    const event: ProvisioningEvent = { type: "FAILED_DEVICE_NOT_CLAIMED", error, token: new Secret("attest.cose") };
    expect(JSON.stringify(event)).not.toContain("attest.cose");
  });

  it("name results by number of either sign, and EIO for unknown ones", () => {
    expect([errnoName(-110), errnoName(13), errnoName(-9999), errnoName(0)]).toEqual([
      "ETIMEDOUT",
      "EACCES",
      "EIO",
      "EIO",
    ]);
  });
});
