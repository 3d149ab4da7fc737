import { StationError } from "../core/error.ts";
import { quantity, type Facts } from "../core/fact.ts";
import { wireLength } from "./at-string.ts";
import { ERRNO, type Errno } from "./errno.ts";

/** The most bytes of a setting's name and value that a place takes. */
export type SettingLimits = { readonly key: number; readonly value: number };

/** The station's own store: room for every name that a board can hold, twice. */
export const STORE_LIMITS: SettingLimits = { key: 128, value: 512 };

/** Zephyr settings: names of 64 bytes, values of 256 through the shell (protocol.md 8). */
export const ZEPHYR_LIMITS: SettingLimits = { key: 64, value: 256 };

/** The error of a setting that its place does not take. Carries the name, never the value, which may be a secret. */
export function settingRefused(
  what: string,
  key: string,
  errno: Errno,
  facts: Facts = {},
  options: { readonly cause?: unknown } = {},
): StationError {
  const shown = key.slice(0, STORE_LIMITS.key);
  return new StationError("provisioning.setting-refused", what, { key: shown, errno: ERRNO[errno], ...facts }, options);
}

/** @throws StationError provisioning.setting-refused when name or value are longer than the place takes, or the name is empty */
export function checkSetting(key: string, value: string, limits: SettingLimits): void {
  const size = { key: wireLength(key), value: wireLength(value) };
  if (size.key === 0) throw settingRefused("a setting needs a name", key, "EINVAL");
  for (const part of ["key", "value"] as const)
    if (size[part] > limits[part])
      throw settingRefused(`the ${part} of a setting is too long`, key, "EINVAL", {
        size: quantity(size[part], "bytes"),
        limit: quantity(limits[part], "bytes"),
      });
}
