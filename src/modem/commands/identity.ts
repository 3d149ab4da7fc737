import { parseDeviceUuid, parseImei, type DeviceUuid, type Imei } from "../../core/ids.ts";
import type { AtOptions, AtPort } from "../at-port.ts";
import { ask, behind, firstOf } from "./ask.ts";

/** Printable text of a bounded length without a prefix, as `+CGMI`, `+CGMM` and `+CGMR` answer it. */
const PLAIN = /^[\u0021-\u007e](?:[\u0020-\u007e]{0,126}[\u0021-\u007e])?$/;

async function readPlain(port: AtPort, command: string, wanted: string, options: AtOptions): Promise<string> {
  const reply = await ask(port, command, options);
  return firstOf(command, reply, wanted, (line) => (PLAIN.test(line.trim()) ? line.trim() : undefined));
}

async function readBehind(port: AtPort, command: string, wanted: string, options: AtOptions): Promise<string> {
  const reply = await ask(port, command, options);
  return firstOf(command, reply, wanted, (line) => {
    const text = behind(command.slice(2), line)?.replaceAll('"', "");
    return text !== undefined && PLAIN.test(text) ? text : undefined;
  });
}

/** The manufacturer, `Nordic Semiconductor ASA` (`AT+CGMI`). @throws StationError at.*, link.* */
export function readManufacturer(port: AtPort, options: AtOptions = {}): Promise<string> {
  return readPlain(port, "AT+CGMI", "manufacturer", options);
}

/** The model, for example `nRF9151-LACA` (`AT+CGMM`). @throws StationError at.*, link.* */
export function readModel(port: AtPort, options: AtOptions = {}): Promise<string> {
  return readPlain(port, "AT+CGMM", "model", options);
}

/** The modem firmware, for example `mfw_nrf91x1_2.0.2`: the provisioning protocol's `mver` (`AT+CGMR`). @throws StationError at.*, link.* */
export function readFirmware(port: AtPort, options: AtOptions = {}): Promise<string> {
  return readPlain(port, "AT+CGMR", "firmware version", options);
}

/** The modem firmware in short, for example `nrf91x1_2.0.2` (`AT%SHORTSWVER`). @throws StationError at.*, link.* */
export function readShortFirmware(port: AtPort, options: AtOptions = {}): Promise<string> {
  return readBehind(port, "AT%SHORTSWVER", "short firmware version", options);
}

/** The hardware, for example `nRF9161 LACA A0A` (`AT%HWVERSION`). @throws StationError at.*, link.* */
export function readHardware(port: AtPort, options: AtOptions = {}): Promise<string> {
  return readBehind(port, "AT%HWVERSION", "hardware version", options);
}

/** The IMEI, 15 digits, as `AT+CGSN` answers it: bare, or as `+CGSN: "…"`. @throws StationError at.*, link.* */
export async function readImei(port: AtPort, options: AtOptions = {}): Promise<Imei> {
  const command = "AT+CGSN";
  const reply = await ask(port, command, options);
  return firstOf(command, reply, "IMEI of 15 digits", (line) =>
    parseImei((behind("+CGSN", line) ?? line).replaceAll('"', "").trim()),
  );
}

/** The device UUID; lines that hold none are passed over, as some modems first say that they are making it (at.md 2). @throws StationError at.*, link.* */
export function readDeviceUuid(port: AtPort, options: AtOptions = {}): Promise<DeviceUuid> {
  return readUuid(port, "AT%DEVICEUUID", "device UUID", options);
}

/** The UUID of the modem firmware build (`AT%XMODEMUUID`). @throws StationError at.*, link.* */
export function readFirmwareUuid(port: AtPort, options: AtOptions = {}): Promise<DeviceUuid> {
  return readUuid(port, "AT%XMODEMUUID", "modem firmware UUID", options);
}

async function readUuid(port: AtPort, command: string, wanted: string, options: AtOptions): Promise<DeviceUuid> {
  const reply = await ask(port, command, options);
  return firstOf(command, reply, wanted, (line) => {
    const text = behind(command.slice(2), line) ?? line;
    return parseDeviceUuid(text.replaceAll('"', "").trim());
  });
}

/**
 * The ICCID of the SIM, 18 to 20 digits without padding (`AT%XICCID`), or undefined where the modem reports an error, as
 * it does without an active SIM.
 * @throws StationError at.unreadable, link.*
 */
export async function readIccid(port: AtPort, options: AtOptions = {}): Promise<string | undefined> {
  const command = "AT%XICCID";
  const reply = await port.send(command, options);
  if (reply.final.kind !== "ok") return undefined;
  return firstOf(command, reply, "ICCID", (line) => {
    const text = behind("%XICCID", line)?.replaceAll('"', "").replace(/F$/i, "");
    return text !== undefined && /^\d{18,20}$/.test(text) ? text : undefined;
  });
}
