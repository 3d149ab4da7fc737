/** A module that can be simulated, as `AT+CGMM` names it. */
export type ModemModel =
  "nRF9160-SIAA" | "nRF9160-SIBA" | "nRF9160-SICA" | "nRF9161-LACA" | "nRF9131-LACA" | "nRF9151-LACA";

/** What differs from one module to the other (at.md 2, protocol.md 7). */
export type ModelFacts = {
  /** The chip name in front of the UUIDs in a JWT's `iss` and `jti`. */
  readonly chip: string;
  /** The text of `AT%HWVERSION`. */
  readonly hardware: string;
  /** The device type in attestation tokens. */
  readonly deviceType: number;
  /** The modem firmware that it comes with, as `AT+CGMR` names it. */
  readonly firmware: string;
  /** Whether it is an nRF91x1: has `AT%DEVICEUUID`, test tags, and refuses to overwrite a credential. */
  readonly x1: boolean;
};

const X1_FIRMWARE = "mfw_nrf91x1_2.0.2";
const NRF9160_FIRMWARE = "mfw_nrf9160_1.3.6";

const nrf9160 = (variant: string, deviceType: number): ModelFacts => ({
  chip: "nRF9160",
  hardware: `nRF9160 ${variant} B0A`,
  deviceType,
  firmware: NRF9160_FIRMWARE,
  x1: false,
});

const nrf91x1 = (chip: string, deviceType: number): ModelFacts => ({
  chip,
  hardware: `${chip} LACA A0A`,
  deviceType,
  firmware: X1_FIRMWARE,
  x1: true,
});

/** Every module that can be simulated. */
export const MODELS: Readonly<Record<ModemModel, ModelFacts>> = {
  "nRF9160-SIAA": nrf9160("SIAA", 1),
  "nRF9160-SIBA": nrf9160("SIBA", 2),
  "nRF9160-SICA": nrf9160("SICA", 3),
  "nRF9161-LACA": nrf91x1("nRF9161", 4),
  "nRF9131-LACA": nrf91x1("nRF9131", 5),
  "nRF9151-LACA": nrf91x1("nRF9151", 6),
};
