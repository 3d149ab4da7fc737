import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Device } from "../../src/contract/common.ts";
import { RecipeSchema } from "../../src/contract/recipe.ts";
import type { DeviceUuid, Imei } from "../../src/core/ids.ts";
import { asStationError } from "../../src/core/error.ts";
import { checkUnit } from "../../src/run/check-phase.ts";
import { boundOf, firmwareOf, isAtLeast, isAtMost } from "../../src/run/firmware-version.ts";
import { hasImeiCheckDigit } from "../../src/run/imei-check.ts";

const DEVICE: Device = {
  uuid: "50363154-3931-44f0-8022-121b6401627d" as DeviceUuid,
  imei: "352656106111233" as Imei,
  model: "nRF9151-LACA",
  firmware: "mfw_nrf91x1_2.0.2",
};

function check(device: Partial<Device>, gates: object): string {
  const recipe = RecipeSchema.parse({ recipe: 1, product: "T", revision: "1", commands: [], ...gates });
  try {
    return checkUnit({ ...DEVICE, ...device }, recipe)
      .map(({ text }) => text)
      .join("; ");
  } catch (error) {
    return asStationError(error).code;
  }
}

describe("the check of a unit", () => {
  it.each([
    [{}, {}, ""],
    [{}, { modem: { models: ["nrf9151"] } }, ""],
    [{}, { modem: { models: ["nRF9161", "nRF9160"] } }, "run.wrong-model"],
    [{}, { modem: { firmware: { minimum: "2.0.2", maximum: "2.0.2" } } }, ""],
    [{}, { modem: { firmware: { minimum: "2.1" } } }, "run.firmware-too-old"],
    [{}, { modem: { firmware: { maximum: "2.0" } } }, ""],
    [{}, { modem: { firmware: { maximum: "1.3.7" } } }, "run.firmware-too-new"],
    [{ firmware: "unknown" }, { modem: { firmware: { minimum: "1" } } }, "run.firmware-unknown"],
    [{ firmware: "unknown" }, {}, ""],
    [{}, { boardSerial: { pattern: "SN\\d{4}" } }, "run.serial-missing"],
    [{}, { boardSerial: { pattern: "SN\\d{4}", required: false } }, ""],
    [{ boardSerial: "SN0001" }, { boardSerial: { pattern: "SN\\d{4}" } }, ""],
    [{ boardSerial: "SN00012" }, { boardSerial: { pattern: "SN\\d{4}" } }, "run.serial-pattern"],
    [{ boardSerial: "xSN0001" }, { boardSerial: { pattern: "SN\\d{4}|x" } }, "run.serial-pattern"],
    [{ boardSerial: "anything" }, {}, ""],
  ])("takes or refuses as the recipe says: %j %j", (device, gates, expected) => {
    expect(check(device, gates)).toBe(expected);
  });

  it("warns of an IMEI whose check digit does not fit, and of modems that the service is not documented for", () => {
    expect(check({ imei: "352656106111232" as Imei }, {})).toContain("check digit");
    expect(check({ model: "nRF9160-SICA" }, {})).toContain("nRF91x1");
  });

  it.each([
    ["mfw_nrf9160_1.3.6", "nrf9160 1.3.6"],
    ["mfw_nrf91x1_2.0.2", "nrf91x1 2.0.2"],
    ["mfw_nrf9151-ntn_1.0.0", "nrf9151-ntn 1.0.0"],
    ["mfw-nr+_nrf91x1_1.1.0", "nr+_nrf91x1 1.1.0"],
    ["mfw_nrf91x1_2.0.2-FOTA-TEST", "nrf91x1 2.0.2"],
    ["mfw_nrf91x1_2.0.3-77.beta", "nrf91x1 2.0.3 build 77"],
    ["mfw_nrf9161_99.99.99-DUMMY", "nrf9161 99.99.99"],
    ["mfw_nrf91x1_2", undefined],
    ["nrf91x1_2.0.2", undefined],
    ["mfw_nrf91x1_2.0.2.3.4.5", undefined],
  ])("reads kind and version in %s", (name, expected) => {
    const { kind, version } = firmwareOf(name) ?? {};
    const build = version?.build === undefined ? "" : ` build ${version.build}`;
    expect(version && `${kind} ${version.numbers.join(".")}${build}`).toBe(expected);
  });

  it.each([
    ["mfw_nrf91x1_2.0.2", { minimum: "mfw_nrf91x1_2.0.0" }, ""],
    ["mfw_nrf91x1_2.0.2", { minimum: "mfw_nrf9160_1.3.6" }, "run.firmware-other-kind"],
    ["mfw_nrf9160_1.3.6", { maximum: "mfw_nrf91x1_2.0.2" }, "run.firmware-other-kind"],
    ["mfw_nrf91x1_2.0.2-FOTA-TEST", { minimum: "2.0.2", maximum: "2.0.2" }, ""],
    ["mfw_nrf91x1_2.0.3-77.beta", { minimum: "2.0.3" }, "run.firmware-too-old"],
    ["mfw_nrf91x1_2.0.3-77.beta", { minimum: "2.0.2", maximum: "2.0.3" }, ""],
    ["mfw_nrf91x1_2.0.3-77.beta", { minimum: "2.0.3-76.beta", maximum: "2.0.3-77.beta" }, ""],
    ["mfw_nrf91x1_2.0.3-77.beta", { minimum: "2.0.3-78.beta" }, "run.firmware-too-old"],
    ["mfw_nrf91x1_2.0.3", { maximum: "2.0.3-78.beta" }, "run.firmware-too-new"],
  ])("takes or refuses %s in the range %j", (firmware, range, expected) => {
    expect(check({ firmware }, { modem: { firmware: range } })).toBe(expected);
  });

  it.each([
    ["nRF9151 LACA A0A", ["nRF9151 LACA"], ""],
    ["nRF9151 LACA A0A", ["nrf9161", "nRF9151 LACA A0B"], "run.wrong-hardware"],
    [undefined, ["nRF9151"], "run.wrong-hardware"],
  ])("takes or refuses hardware %s by the prefixes %j", (hardware, allowed, expected) => {
    expect(check(hardware === undefined ? {} : { hardware }, { modem: { hardware: allowed } })).toBe(expected);
  });

  it("orders versions by number, not by text", () => {
    const version = (text: string) => boundOf(text).version;
    expect(isAtLeast(version("2.0.10"), version("2.0.9"))).toBe(true);
    expect(isAtLeast(version("2"), version("2.0.0"))).toBe(true);
    expect(isAtMost(version("2.0.10"), version("2.0.9"))).toBe(false);
    fc.assert(
      fc.property(fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }), (numbers) => {
        expect(isAtLeast({ numbers }, { numbers }) && isAtMost({ numbers }, { numbers })).toBe(true);
      }),
    );
  });

  it("knows the IMEI check digit", () => {
    expect(hasImeiCheckDigit("490154203237518")).toBe(true);
    expect(hasImeiCheckDigit("490154203237519")).toBe(false);
  });
});
