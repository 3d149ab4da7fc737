import type { AtOptions, AtPort } from "../at-port.ts";
import { ask, behind, firstOf } from "./ask.ts";

/** Functional modes that the station sets (at.md 3). */
export const CFUN = { off: 0, normal: 1, offline: 4 } as const;

/** The functional mode, 0 to 99 (`AT+CFUN?`); 4 is offline. @throws StationError at.*, link.* */
export async function readFunctionalMode(port: AtPort, options: AtOptions = {}): Promise<number> {
  const command = "AT+CFUN?";
  const reply = await ask(port, command, options);
  return firstOf(command, reply, "functional mode", (line) => {
    const text = behind("+CFUN", line);
    return text !== undefined && /^\d{1,2}$/.test(text) ? Number(text) : undefined;
  });
}

/** Sets the functional mode. @param mode a value of at.md 3, for example 4 @throws StationError at.*, link.* */
export async function setFunctionalMode(port: AtPort, mode: number, options: AtOptions = {}): Promise<void> {
  await ask(port, `AT+CFUN=${Math.trunc(mode)}`, options);
}
