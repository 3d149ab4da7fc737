import { argumentsOf } from "./at-call.ts";
import { ok, PLAIN_ERROR, type Answer } from "./answer.ts";
import { firmwareUuid } from "./board.ts";
import { MODELS } from "./model.ts";
import type { Handler, ModemState } from "./modem-state.ts";

const OLD_FIRMWARE = "mfw_nrf91x1_1.0.0";
const OTHER_MODEL = "nRF9160-SICA";

const manufacturer: Handler = () => ok("Nordic Semiconductor ASA");

const model: Handler = ({ traits }, _call, quirk) => ok(quirk === "wrong-model" ? OTHER_MODEL : traits.model);

const firmware: Handler = ({ traits }, _call, quirk) => ok(quirk === "old-firmware" ? OLD_FIRMWARE : traits.firmware);

const shortFirmware: Handler = (modem, call, quirk) =>
  ok(`%SHORTSWVER: ${(firmware(modem, call, quirk).lines[0] ?? "").replace(/^mfw_/, "")}`);

const hardware: Handler = ({ traits }, _call, quirk) =>
  ok(`%HWVERSION: ${quirk === "wrong-model" ? MODELS[OTHER_MODEL].hardware : traits.hardware}`);

const imei: Handler = ({ board }, call) => {
  if (call.form === "run") return ok(board.imei);
  const [kind, ...more] = argumentsOf(call);
  if (kind === undefined || kind.quoted || more.length > 0) return PLAIN_ERROR;
  if (kind.text === "0") return ok(board.imei);
  return kind.text === "1" ? ok(`+CGSN: "${board.imei}"`) : PLAIN_ERROR;
};

// The UICC is shut while the modem is off, in flight mode or was told so (at.md 3).
const UICC_SHUT = new Set([0, 4, 40]);

function iccid(modem: ModemState): Answer {
  if (!modem.traits.sim || UICC_SHUT.has(modem.mode)) return PLAIN_ERROR;
  return ok(`%XICCID: ${modem.board.iccid}`);
}

const deviceUuid: Handler = ({ board, traits }) => (traits.facts.x1 ? ok(`%DEVICEUUID: ${board.uuid}`) : PLAIN_ERROR);

const modemUuid: Handler = ({ traits }) => ok(`%XMODEMUUID: ${firmwareUuid(traits.firmware)}`);

const runOnly =
  (handler: Handler): Handler =>
  (modem, call, quirk) =>
    call.form === "run" ? handler(modem, call, quirk) : PLAIN_ERROR;

/** Commands that tell what the unit is (at.md 2). */
export const IDENTITY_COMMANDS: Readonly<Record<string, Handler>> = {
  "": runOnly(() => ok()),
  "+CGMI": runOnly(manufacturer),
  "+CGMM": runOnly(model),
  "+CGMR": runOnly(firmware),
  "+CGSN": imei,
  "%SHORTSWVER": runOnly(shortFirmware),
  "%HWVERSION": runOnly(hardware),
  "%XICCID": runOnly(iccid),
  "%DEVICEUUID": runOnly(deviceUuid),
  "%XMODEMUUID": runOnly(modemUuid),
};
