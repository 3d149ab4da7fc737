import { StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";

/**
 * Turns error reports with codes on (`AT+CMEE=1`) and answers the mode to go back to (protocol.md 4.1): 0 when the mode
 * cannot be read, as the library assumes.
 */
export async function enableErrorCodes(modem: AtPort): Promise<number> {
  const mode = await readCmee(modem);
  if (mode === 0) await tolerantly(() => modem.send("AT+CMEE=1"));
  return mode;
}

/** Sets the mode back, also when it never changed; a refusal or a dead line changes nothing any more. */
export async function restoreErrorCodes(modem: AtPort, mode: number): Promise<void> {
  await tolerantly(() => modem.send(`AT+CMEE=${mode}`));
}

async function readCmee(modem: AtPort): Promise<number> {
  const reply = await tolerantly(() => modem.send("AT+CMEE?"));
  if (reply?.final.kind !== "ok") return 0;
  for (const line of reply.lines) {
    const match = /^\+CMEE: *([0-2])\b/.exec(line);
    if (match !== null) return Number(match[1]);
  }
  return 0;
}

/** The result of a modem call, or undefined when the modem or its line failed. Other errors pass. */
export async function tolerantly<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isInterfaceFailure(error)) return undefined;
    throw error;
  }
}

/** Whether an error is what the library calls an AT interface failure: no answer, an unreadable one, or a dead line. */
export function isInterfaceFailure(error: unknown): error is StationError {
  return error instanceof StationError && /^(at|link)\./.test(error.code);
}
