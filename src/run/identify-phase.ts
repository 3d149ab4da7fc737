import type { Device } from "../contract/common.ts";
import type { Admission } from "../contract/order.ts";
import { asStationError, errorOf, StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import type { AtPort } from "../modem/at-port.ts";
import {
  readDeviceUuid,
  readFirmware,
  readHardware,
  readIccid,
  readImei,
  readModel,
} from "../modem/commands/identity.ts";
import { readAttestationToken } from "../modem/commands/tokens.ts";
import { parseAttestationToken } from "../provisioning/attestation-token.ts";

/** Settings of a unit that the station keeps, as the admission brings them. */
export type KeptSettings = Readonly<Record<string, string>>;

/**
 * Reads who the unit is (at.md 2). Hardware and ICCID are left out where the modem does not tell them.
 * @throws StationError run.identity-unreadable when a command is refused; at.*, link.* when it is not answered
 */
export async function identifyUnit(modem: AtPort, boardSerial: string | undefined): Promise<Device> {
  const model = await required(() => readModel(modem));
  const firmware = await required(() => readFirmware(modem));
  const imei = await required(() => readImei(modem));
  const uuid = await required(() => uuidOf(modem));
  const hardware = await optional(() => readHardware(modem));
  const iccid = await optional(() => readIccid(modem));
  return {
    uuid,
    imei,
    model: model.slice(0, 64),
    firmware,
    ...(boardSerial === undefined ? {} : { boardSerial }),
    ...(hardware === undefined ? {} : { hardware }),
    ...(iccid === undefined ? {} : { iccid }),
  };
}

/** The settings kept for the unit. @throws the core's reason when it refuses the unit */
export function admitted(admission: Admission): KeptSettings {
  if (admission.kind === "admitted") return admission.settings;
  throw errorOf(admission.error);
}

/** The device UUID; older firmware without the command tells it in its attestation token (protocol.md 7.2). */
async function uuidOf(modem: AtPort): Promise<DeviceUuid> {
  try {
    return await readDeviceUuid(modem);
  } catch (error) {
    if (isUnanswered(error)) throw error;
    const token = await readAttestationToken(modem);
    return parseAttestationToken(token.reveal()).deviceUuid;
  }
}

async function required<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const cause = asStationError(error);
    if (isUnanswered(cause)) throw cause;
    throw new StationError("run.identity-unreadable", "the modem does not tell who it is", cause.facts, { cause });
  }
}

async function optional<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isUnanswered(error)) throw error;
    return undefined;
  }
}

/** Whether an error means that no answer came or the line failed, rather than that the modem said no. */
function isUnanswered(error: unknown): boolean {
  const { code } = asStationError(error);
  if (code.startsWith("link.") || code.startsWith("station.") || code.startsWith("run.")) return true;
  return ["at.timeout", "at.silent", "at.unsynced", "at.rebooted", "at.overflow"].includes(code);
}
