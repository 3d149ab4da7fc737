import type { Command, CommandResponse } from "../provisioning/command.ts";

/** Whether a device's result means success, with what the owner should know about it. */
export type Verdict = {
  readonly ok: boolean;
  readonly message?: string;
  readonly cme?: number;
  readonly reason?: string;
};

const ENDS_IN_OK = /(?:^|[\r\n])OK[\r\n]*$/;
const ENDS_IN_ERROR_CODE = /(?:^|[\r\n])\+CM[ES] ERROR: ?(\d{1,10})[\r\n]*$/;

/**
 * Judges one result. Libraries report a plain `ERROR` and CME 0 as type 100 (protocol.md 4.4): only a text that ends in OK, or
 * in an error code that the command ignores, is a success (open-questions.md Q4).
 */
export function judge(command: Command, response: CommandResponse): Verdict {
  if (response.kind === "error")
    return { ok: false, cme: response.cme, message: response.message, reason: "the device reported an error" };
  if (response.kind !== command.kind)
    return {
      ok: false,
      reason: `the device answered a command of kind ${command.kind} with a result of kind ${response.kind}`,
    };
  if (response.kind !== "at" || command.kind !== "at") return { ok: true };
  if (ENDS_IN_OK.test(response.message)) return { ok: true, message: response.message };
  const code = ENDS_IN_ERROR_CODE.exec(response.message)?.[1];
  if (code === undefined)
    return { ok: false, message: response.message, reason: "the modem's answer does not end in OK" };
  const cme = Number(code);
  if (command.ignoreCmeErrors.includes(cme)) return { ok: true, cme, message: response.message };
  return { ok: false, cme, message: response.message, reason: "the modem refused the command" };
}
