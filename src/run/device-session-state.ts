import { seconds } from "../core/duration.ts";
import type { DeviceEventName, DeviceFirmware, DeviceReport } from "./device-report.ts";

/** A session as the board's reports make it. */
export type SessionState = {
  /** Whether the board said that it begins. */
  readonly started: boolean;
  /** Whether the board may have carried out a command. */
  readonly worked: boolean;
  /** How often the board asked for its network. */
  readonly activations: number;
  /** The report that ended the session; `STOP` where nothing else did. */
  readonly end?: DeviceEventName;
  /** The last report, or the one that ended the session. */
  readonly report?: string;
  /** Until when the rest of the reports is waited for once the end is known, on the monotonic clock, ms. */
  readonly closes?: number;
  /** Whether nothing more is to be expected. */
  readonly over: boolean;
};

/** A session of which nothing has been heard. */
export const SESSION_BEGUN: SessionState = { started: false, worked: false, activations: 0, over: false };

/** Results of a session (protocol.md 2.1). */
const ENDS: readonly DeviceEventName[] = [
  ...(["DONE", "NO_COMMANDS", "FAILED", "FAILED_TOO_MANY_COMMANDS", "FAILED_DEVICE_NOT_CLAIMED"] as const),
  ...(["FAILED_WRONG_ROOT_CA", "FAILED_NO_VALID_DATETIME", "FATAL_ERROR"] as const),
];
/** How long STOP may come before the result, or behind it: the order differs between versions (protocol.md 2.1). */
const REST = seconds(2);
/** How long a session that ended without a START may have been another one, behind which the one that was started begins. */
const UNSURE = seconds(10);

/**
 * The session after one more report. The library's shell firmware may be in a session of its own when another one is asked for:
 * a START begins anew, and an end without one before it counts only when none follows. Serial Modem tells neither START nor STOP.
 * @param now on the monotonic clock, ms
 */
export function nextSession(
  state: SessionState,
  { name, text }: Extract<DeviceReport, { kind: "event" }>,
  by: DeviceFirmware,
  now: number,
): SessionState {
  if (state.over) return state;
  if (name === "START") return { ...SESSION_BEGUN, started: true, report: text };
  const sure = by === "serial-modem" || state.started;
  const closes = now + (sure ? REST : UNSURE);
  if (ENDS.includes(name)) {
    if (state.end !== undefined && state.end !== "STOP") return state;
    // Behind FATAL_ERROR and the reports of Serial Modem there is no STOP.
    const last = by === "serial-modem" || state.end === "STOP" || name === "FATAL_ERROR";
    return { ...state, end: name, report: text, closes, over: sure && last };
  }
  if (name === "STOP")
    return state.end === undefined
      ? { ...state, end: name, report: text, closes }
      : { ...state, over: sure && state.end !== "STOP" };
  if (state.end !== undefined) return state;
  const activations = state.activations + (name === "NEED_LTE_ACTIVATED" ? 1 : 0);
  const worked = state.worked || name === "NEED_LTE_DEACTIVATED" || name === "NEED_LTE_ACTIVATED";
  return { ...state, worked, activations, report: text };
}
