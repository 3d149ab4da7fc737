import { asStationError } from "../core/error.ts";
import { parseDeviceUuid, type DeviceUuid } from "../core/ids.ts";
import { Secret } from "../core/secret.ts";
import { finalText } from "../modem/cme-errors.ts";
import type { AtPort, AtReply } from "../modem/at-port.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import { parseAttestationToken } from "./attestation-token.ts";
import { failure, failureOf, ok, throwIfStopped, type Outcome } from "./failure.ts";

/** One part of an attestation token as the library reads it: 1 to 127 characters (protocol.md 7.2). */
const ATTESTATION = /^%ATTESTTOKEN: *"([^."]{1,127}\.[^"]{1,127})"/;
const DEVICE_UUID = /^%DEVICEUUID: *"?([0-9A-Fa-f-]{36})"?\s*$/;
const FIRMWARE = /^[!-~]+( [!-~]+)*$/;

/** Sends one command; an error of the link becomes a failure with `code`, and so does a refusal by the modem. */
export async function ask(
  modem: AtPort,
  command: string,
  code: ErrorCode,
  what: string,
  signal?: AbortSignal,
): Promise<Outcome<AtReply>> {
  try {
    const reply = await modem.send(command, signal === undefined ? {} : { signal });
    if (reply.final.kind === "ok") return ok(reply);
    return failure("EIO", code, what, { command: shownCommand(command), reply: finalText(reply.final) });
  } catch (error) {
    throwIfStopped(signal);
    return failureOf("EIO", asStationError(error));
  }
}

/** The modem firmware's version: the whole text of `AT+CGMR`, which is the `mver` of the requests. */
export async function readFirmware(modem: AtPort, signal?: AbortSignal): Promise<Outcome<string>> {
  const what = "the modem's firmware version cannot be read";
  const answer = await ask(modem, "AT+CGMR", "provisioning.firmware-unreadable", what, signal);
  if (answer.kind === "failed") return answer;
  // Stray bytes of a bad line may come before it.
  const version = answer.value.lines.map((line) => line.trim()).find((line) => FIRMWARE.test(line));
  if (version !== undefined && version.length <= 128) return ok(version);
  return failure("EIO", "provisioning.firmware-unreadable", what, { command: "AT+CGMR" });
}

/** The attestation token, `<part>.<part>`, that claims the unit. */
export async function readAttestationToken(modem: AtPort, signal?: AbortSignal): Promise<Outcome<Secret>> {
  const what = "the modem gives no attestation token";
  const answer = await ask(modem, "AT%ATTESTTOKEN", "provisioning.attestation-refused", what, signal);
  if (answer.kind === "failed") return answer;
  for (const line of answer.value.lines) {
    const token = ATTESTATION.exec(line)?.[1];
    if (token !== undefined) return ok(new Secret(token));
  }
  return failure("EBADMSG", "provisioning.attestation-refused", what, { command: "AT%ATTESTTOKEN" });
}

/** The device UUID: from `AT%DEVICEUUID`, or out of the attestation token where the firmware has no such command. */
export async function readDeviceUuid(modem: AtPort, signal?: AbortSignal): Promise<Outcome<DeviceUuid>> {
  const what = "the modem does not tell its device UUID";
  const answer = await ask(modem, "AT%DEVICEUUID", "provisioning.uuid-unreadable", what, signal);
  const lines = answer.kind === "ok" ? answer.value.lines : [];
  for (const line of lines) {
    const uuid = parseDeviceUuid(DEVICE_UUID.exec(line)?.[1] ?? "");
    if (uuid !== undefined) return ok(uuid);
  }
  const token = await readAttestationToken(modem, signal);
  const uuid = token.kind === "ok" ? uuidInToken(token.value.reveal()) : undefined;
  if (uuid !== undefined) return ok(uuid);
  if (answer.kind === "failed") return answer;
  return failure("EBADMSG", "provisioning.uuid-unreadable", what, { command: "AT%DEVICEUUID" });
}

/** The text between the first two double quotes of an answer. */
export function quotedText(reply: AtReply): string | undefined {
  return /"([^"]*)"/.exec(reply.lines.join("\n"))?.[1];
}

/** The UUID that a token names; undefined where it cannot be read. */
function uuidInToken(token: string): DeviceUuid | undefined {
  try {
    return parseAttestationToken(token).deviceUuid;
  } catch {
    return undefined;
  }
}

function shownCommand(command: string): string {
  return command.split("=", 1)[0] ?? command;
}
