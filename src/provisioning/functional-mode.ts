import type { AtPort } from "../modem/at-port.ts";

/** The functional mode in which credentials may be written: offline (protocol.md 2.6). */
export const OFFLINE_MODE = 4;

/**
 * The modem's functional mode, or undefined when it answers without one.
 * @throws StationError at.*, link.*
 */
export async function readFunctionalMode(modem: AtPort): Promise<number | undefined> {
  const reply = await modem.send("AT+CFUN?");
  if (reply.final.kind !== "ok") return undefined;
  for (const line of reply.lines) {
    const match = /^\+CFUN: *(\d{1,3})\b/.exec(line);
    if (match !== null) return Number(match[1]);
  }
  return undefined;
}
