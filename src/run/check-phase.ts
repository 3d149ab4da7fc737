import type { Device } from "../contract/common.ts";
import type { Recipe } from "../contract/recipe.ts";
import type { RunEventBody } from "../contract/run-event.ts";
import { StationError } from "../core/error.ts";
import { boundOf, firmwareOf, isAtLeast, isAtMost } from "./firmware-version.ts";
import { hasImeiCheckDigit } from "./imei-check.ts";

/** A note about a unit that does not stop the run. */
type Note = Extract<RunEventBody, { type: "note" }>;

/**
 * Checks a unit against the gates of its recipe (design.md 6); answers warnings.
 * @throws StationError run.wrong-model, run.wrong-hardware, run.firmware-*, run.serial-*
 */
export function checkUnit(device: Device, recipe: Recipe): readonly Note[] {
  checkModel(device, recipe.modem.models);
  checkHardware(device, recipe.modem.hardware ?? []);
  checkFirmware(device, recipe.modem.firmware);
  checkSerial(device, recipe);
  return [...imeiWarning(device), ...familyWarning(device)];
}

function checkModel(device: Device, models: readonly string[]): void {
  const model = device.model ?? "";
  if (models.length === 0 || models.some((prefix) => model.toLowerCase().startsWith(prefix.toLowerCase()))) return;
  throw new StationError("run.wrong-model", "the recipe is not for this modem", { model, allowed: models.join(", ") });
}

function checkHardware({ hardware }: Device, allowed: readonly string[]): void {
  const found = hardware?.toLowerCase() ?? "";
  if (allowed.length === 0 || allowed.some((prefix) => found.startsWith(prefix.toLowerCase()))) return;
  const facts = { hardware: hardware ?? null, allowed: allowed.join(", ") };
  throw new StationError("run.wrong-hardware", "the recipe is not for this modem hardware", facts);
}

function checkFirmware(device: Device, range: Recipe["modem"]["firmware"]): void {
  const { minimum, maximum } = range;
  if (minimum === undefined && maximum === undefined) return;
  const firmware = device.firmware ?? "";
  const found = firmwareOf(firmware);
  if (found === undefined)
    throw new StationError("run.firmware-unknown", "the firmware's name holds no version", { firmware });
  const { kind, version } = found;
  for (const end of [minimum, maximum]) {
    const wanted = end === undefined ? undefined : boundOf(end).kind;
    if (wanted !== undefined && wanted !== kind)
      throw new StationError("run.firmware-other-kind", "the firmware is of another kind", { firmware, wanted });
  }
  if (minimum !== undefined && !isAtLeast(version, boundOf(minimum).version))
    throw new StationError("run.firmware-too-old", "the modem firmware is too old", { firmware, minimum });
  if (maximum !== undefined && !isAtMost(version, boundOf(maximum).version))
    throw new StationError("run.firmware-too-new", "the modem firmware is too new", { firmware, maximum });
}

function checkSerial(device: Device, recipe: Recipe): void {
  const rule = recipe.boardSerial;
  if (rule === undefined) return;
  const { boardSerial } = device;
  if (boardSerial === undefined) {
    if (rule.required) throw new StationError("run.serial-missing", "no board serial was scanned");
    return;
  }
  if (new RegExp(`^(?:${rule.pattern})$`, "u").test(boardSerial)) return;
  const facts = { boardSerial, pattern: rule.pattern };
  throw new StationError("run.serial-pattern", "the board serial does not look as the recipe says", facts);
}

function imeiWarning(device: Device): readonly Note[] {
  if (hasImeiCheckDigit(device.imei)) return [];
  return [warning("the IMEI's check digit does not fit: it may be a development number", { imei: device.imei })];
}

/** The service is documented for nRF91x1 only (open-questions.md Q15): older modems are let through with a warning. */
function familyWarning(device: Device): readonly Note[] {
  if (device.model?.toLowerCase().startsWith("nrf9160") !== true) return [];
  return [warning("the service is documented for nRF91x1 modems; an nRF9160 may be refused", { model: device.model })];
}

function warning(text: string, facts: Note["facts"]): Note {
  return { type: "note", level: "warning", text, facts };
}
