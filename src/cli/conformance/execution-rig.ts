import { StationError } from "../../core/error.ts";
import type { Errno } from "../../provisioning/errno.ts";
import { ERRNO } from "../../provisioning/errno.ts";
import type { CodecLimits, Execution, ExecutionHost } from "../../provisioning/execution-seam.ts";
import { executeCommandList } from "../../provisioning/execution.ts";
import type { ScriptedModem } from "./scripted-modem.ts";

/** What the surroundings of an execution do in a vector. */
export type RigScript = {
  readonly modem: ScriptedModem;
  /** The refusal of a setting: a negative errno, or 0. */
  readonly settingErrno?: (key: string) => number;
  /** The result of an event's wait, `earlier` events after the first; the modem's mode changes when there is none. */
  readonly eventErrno?: (event: LteEvent, earlier: number) => Errno | undefined;
};

/** The events that ask for another functional mode. */
export type LteEvent = "NEED_LTE_DEACTIVATED" | "NEED_LTE_ACTIVATED";

/** What happened during an execution, as the vectors tell it. */
export type RigTrace = {
  readonly execution: Execution;
  readonly events: readonly LteEvent[];
  readonly settings: readonly (readonly [string, string])[];
  readonly latestId: string;
};

/** The limits of the library as the vectors were made: the sample's, with a transmit buffer of `txBytes`. */
export function rigLimits(txBytes: number): CodecLimits {
  return { records: 10, txBytes, rxBytes: 8192, atBytes: Math.max(txBytes, 2048), input: "canonical" };
}

/** Executes a command list in strict compatibility against a scripted modem and settings store. */
export async function runInRig(payload: Uint8Array, limits: CodecLimits, script: RigScript): Promise<RigTrace> {
  const events: LteEvent[] = [];
  const settings: (readonly [string, string])[] = [];
  let latestId = "";
  const raise = (event: LteEvent, cfun: number): Promise<Errno | undefined> => {
    const errno = script.eventErrno?.(event, events.length);
    events.push(event);
    if (errno === undefined) script.modem.cfun = cfun;
    return Promise.resolve(errno);
  };
  const host: ExecutionHost = {
    modem: script.modem,
    settings: {
      write: (key, value) => {
        settings.push([key, value]);
        const errno = -(script.settingErrno?.(key) ?? 0);
        if (errno === 0) return Promise.resolve();
        return Promise.reject(
          new StationError("provisioning.setting-refused", "the scripted store refuses", { errno }),
        );
      },
    },
    goOffline: () => raise("NEED_LTE_DEACTIVATED", 4),
    goOnline: () => raise("NEED_LTE_ACTIVATED", 1),
    announce: () => Promise.resolve(),
    concluded: () => undefined,
    rememberId: (id) => {
      latestId = id;
    },
  };
  const execution = await executeCommandList(payload, host, { limits, compatibility: "strict" });
  return { execution, events, settings, latestId };
}

/** The result as the library's function returns it: 1 finished, 0 reported, a negative errno else. */
export function resultNumber(execution: Execution): number {
  if (execution.kind === "none") return -ERRNO[execution.errno];
  return execution.finished ? 1 : 0;
}
