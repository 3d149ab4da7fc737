import type { SelfEventName } from "./self-provisioner.ts";

/** The numbers of `#XNRFPROV: <n>` (protocol.md 11); events without one are not told. */
const STATUS: Readonly<Partial<Record<SelfEventName, number>>> = {
  DONE: 0,
  NO_COMMANDS: 0,
  NEED_LTE_DEACTIVATED: 1,
  NEED_LTE_ACTIVATED: 2,
  FAILED: -1,
  FAILED_DEVICE_NOT_CLAIMED: -2,
  FAILED_WRONG_ROOT_CA: -3,
  FAILED_NO_VALID_DATETIME: -4,
  FAILED_TOO_MANY_COMMANDS: -5,
  FATAL_ERROR: -6,
};

/** What Serial Modem writes about an event; undefined for what it keeps to itself. */
export function statusLine(event: SelfEventName): string | undefined {
  const status = STATUS[event];
  return status === undefined ? undefined : `\r\n#XNRFPROV: ${status}\r\n`;
}

type Sentence = readonly [level: "inf" | "wrn" | "err", text: string];

/** The sentences of the vendor's sample. */
const SENTENCES: Readonly<Record<SelfEventName, Sentence>> = {
  START: ["inf", "Provisioning started"],
  STOP: ["inf", "Provisioning stopped"],
  DONE: ["inf", "Provisioning done"],
  NO_COMMANDS: ["inf", "Provisioning done, no commands received from the server"],
  NEED_LTE_DEACTIVATED: ["inf", "nRF Provisioning requires device to deactivate network"],
  NEED_LTE_ACTIVATED: ["inf", "nRF Provisioning requires device to activate network"],
  FAILED: ["err", "Provisioning failed, try again..."],
  FAILED_DEVICE_NOT_CLAIMED: ["wrn", "Provisioning failed, device not claimed"],
  FAILED_WRONG_ROOT_CA: ["err", "Provisioning failed, wrong root CA certificate for nRF Cloud provisioned"],
  FAILED_NO_VALID_DATETIME: ["err", "Provisioning failed, no valid datetime reference"],
  FAILED_TOO_MANY_COMMANDS: ["err", "Provisioning failed, too many commands for the device to handle"],
  FATAL_ERROR: ["err", "Provisioning error, irrecoverable"],
  SCHEDULED_PROVISIONING: ["inf", "Provisioning scheduled, next attempt in 86400 seconds"],
};

/** What the sample logs about an event, with the time since its start in ms in front. */
export function logLine(event: SelfEventName, uptime: number): string {
  const [level, text] = SENTENCES[event];
  return `${stamp(uptime)} <${level}> nrf_provisioning_sample: ${text}\r\n`;
}

function stamp(uptime: number): string {
  const whole = Math.floor(uptime / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const clock = [Math.floor(whole / 3600) % 100, Math.floor(whole / 60) % 60, whole % 60].map(two).join(":");
  return `[${clock}.${String(Math.floor(uptime) % 1000).padStart(3, "0")},000]`;
}
