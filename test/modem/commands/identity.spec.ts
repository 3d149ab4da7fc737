import { describe, expect, it } from "vitest";

import type { AtPort } from "../../../src/modem/at-port.ts";

import { readFunctionalMode } from "../../../src/modem/commands/functional-mode.ts";

import {
  readDeviceUuid,
  readFirmware,
  readFirmwareUuid,
  readHardware,
  readIccid,
  readImei,
  readManufacturer,
  readModel,
  readShortFirmware,
} from "../../../src/modem/commands/identity.ts";

import { readErrorReports } from "../../../src/modem/commands/session.ts";

import examples from "../../fixtures/vectors/at_examples.json" with { type: "json" };
import { replyOf, ScriptedModem, type ScriptLine } from "../../fakes/scripted-modem.ts";

import { failureOf } from "../rig.ts";

const exampleScript: readonly ScriptLine[] = examples.vectors.map(({ command, response }) => [command, response]);
const modem = (...script: readonly ScriptLine[]): ScriptedModem => new ScriptedModem([...script, ...exampleScript]);
const answering = (text: string): AtPort => ({ send: async () => replyOf(text) });

describe("identity", () => {
  it("reads every identity of the examples", async () => {
    const port = modem();
    expect(await readImei(port)).toBe("355025930000000");
    expect(await readFirmware(port)).toBe("mfw_nrf91x1_2.0.2");
    expect(await readShortFirmware(port)).toBe("nrf91x1_2.0.2");
    expect(await readModel(port)).toBe("nRF9151-LACA");
    expect(await readManufacturer(port)).toBe("Nordic Semiconductor ASA");
    expect(await readHardware(port)).toBe("nRF9161 LACA A0A");
    expect(await readDeviceUuid(port)).toBe("50363154-3931-44f0-8022-121b6401627d");
    expect(await readIccid(port)).toBe("8901234567012345678");
  });

  it("reads the quoted form of the IMEI", async () => {
    expect(await readImei(answering('+CGSN: "355025930000000"\r\nOK\r\n'))).toBe("355025930000000");
  });

  it("passes over lines that hold no UUID, and takes upper case", async () => {
    const text =
      "%DEVICEUUID: creating the UUID\r\nplease wait\r\n%DEVICEUUID: 50363154-3931-44F0-8022-121B6401627D\r\nOK\r\n";
    expect(await readDeviceUuid(answering(text))).toBe("50363154-3931-44f0-8022-121b6401627d");
    expect(await readFirmwareUuid(answering('%XMODEMUUID: "25c95751-efa4-40d4-8b4a-1dcaab81fac9"\r\nOK\r\n'))).toBe(
      "25c95751-efa4-40d4-8b4a-1dcaab81fac9",
    );
  });

  it("knows no ICCID where the modem has no SIM", async () => {
    expect(await readIccid(answering("ERROR\r\n"))).toBeUndefined();
    expect(await readIccid(answering("+CME ERROR: 10\r\n"))).toBeUndefined();
  });

  it.each([readImei, readFirmware, readHardware, readDeviceUuid, readIccid, readFunctionalMode, readErrorReports])(
    "%o fails as at.unreadable when the answer holds nothing of the kind",
    async (read) => {
      expect((await failureOf(read(answering(`${"x".repeat(300)}\r\nOK\r\n`)))).code).toBe("at.unreadable");
      expect((await failureOf(read(answering("OK\r\n")))).code).toBe("at.unreadable");
    },
  );
});
