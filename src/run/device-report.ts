import type { EVENT_NUMBERS } from "../provisioning/events.ts";

/** Which firmware provisions itself: Serial Modem (`AT#XNRFPROV`), or one with the library's shell (`nrf_provisioning now`). */
export type DeviceFirmware = "serial-modem" | "zephyr-shell";

/** The name of an event of the library (protocol.md 2.1). */
export type DeviceEventName = keyof typeof EVENT_NUMBERS;

/** What a board said about its own provisioning. */
export type DeviceReport =
  | { readonly kind: "event"; readonly name: DeviceEventName; readonly text: string; readonly seconds?: number }
  /** In the place of a report, and none that is known. */
  | { readonly kind: "unknown"; readonly text: string };

/** The events behind the numbers of `#XNRFPROV: <n>` (protocol.md 11); 0 stands for NO_COMMANDS as well. */
const STATUS: Readonly<Record<string, DeviceEventName>> = {
  "0": "DONE",
  "1": "NEED_LTE_DEACTIVATED",
  "2": "NEED_LTE_ACTIVATED",
  "-1": "FAILED",
  "-2": "FAILED_DEVICE_NOT_CLAIMED",
  "-3": "FAILED_WRONG_ROOT_CA",
  "-4": "FAILED_NO_VALID_DATETIME",
  "-5": "FAILED_TOO_MANY_COMMANDS",
  "-6": "FATAL_ERROR",
};

/** How much of a line that is no known report is kept. */
const KEPT = 80;

/**
 * Reads a notification of Serial Modem; undefined when it is about something else. Firmware that was built with scheduling
 * tells the seconds until its next attempt in the same form: what is above 2 is taken for them.
 */
export function readStatusReport(line: string): DeviceReport | undefined {
  const found = /^#XNRFPROV:(.*)$/i.exec(line.trim());
  if (found === null) return undefined;
  const value = found[1]?.trim() ?? "";
  // A number below those that are known is a failure that newer firmware tells.
  const known = Object.hasOwn(STATUS, value) ? STATUS[value] : undefined;
  const name = known ?? (/^-\d{1,9}$/.test(value) ? "FAILED" : undefined);
  if (name !== undefined) return { kind: "event", name, text: `#XNRFPROV: ${value}` };
  if (!/^\d{1,10}$/.test(value)) return { kind: "unknown", text: line.trim().slice(0, KEPT) };
  return { kind: "event", name: "SCHEDULED_PROVISIONING", text: `#XNRFPROV: ${value}`, seconds: Number(value) };
}

/** A log line: its time where it has one, level, module, text (protocol.md 11). */
const LOG_LINE = /^(?:\[[^\]]{1,32}\] )?<(?:err|wrn|inf|dbg)> [A-Za-z0-9_.-]{1,64}: (.{1,200})$/;

/** How the sample's sentences about the events begin; the first that fits counts. */
const SENTENCES: readonly (readonly [RegExp, DeviceEventName])[] = [
  [/^Provisioning started\b/, "START"],
  [/^Provisioning stopped\b/, "STOP"],
  [/^Provisioning done, no commands\b/, "NO_COMMANDS"],
  [/^Provisioning done\b/, "DONE"],
  [/^Provisioning failed, too many commands\b/, "FAILED_TOO_MANY_COMMANDS"],
  [/^Provisioning failed, device not claimed\b/, "FAILED_DEVICE_NOT_CLAIMED"],
  [/^Provisioning failed, wrong root CA\b/, "FAILED_WRONG_ROOT_CA"],
  [/^Provisioning failed, no valid datetime\b/, "FAILED_NO_VALID_DATETIME"],
  [/^Provisioning failed\b/, "FAILED"],
  [/^Provisioning error, irrecoverable\b/, "FATAL_ERROR"],
  [/^nRF Provisioning requires device to deactivate network\b/, "NEED_LTE_DEACTIVATED"],
  [/^nRF Provisioning requires device to activate network\b/, "NEED_LTE_ACTIVATED"],
];
const SCHEDULED = /^Provisioning scheduled, next attempt in (\d{1,10}) seconds\b/;

/** Reads a log line by the sentences of the vendor's sample; undefined when it is about something else. */
export function readLogReport(line: string): DeviceReport | undefined {
  const text = LOG_LINE.exec(line.trim())?.[1];
  if (text === undefined) return undefined;
  const seconds = SCHEDULED.exec(text)?.[1];
  if (seconds !== undefined)
    return {
      kind: "event",
      name: "SCHEDULED_PROVISIONING",
      text: `next attempt in ${seconds} s`,
      seconds: Number(seconds),
    };
  const found = SENTENCES.find(([sentence]) => sentence.test(text));
  // The sentence as it is known, not the rest of the line: a board may say there what it wants.
  return found === undefined ? undefined : { kind: "event", name: found[1], text: found[0].exec(text)?.[0] ?? "" };
}
