import type { AtOptions, AtPort } from "../at-port.ts";
import { ask, behind, firstOf } from "./ask.ts";

/** Registration states in which the network is there: home and roaming (3GPP TS 27.007, +CEREG). */
const REGISTERED: readonly number[] = [1, 5];

/** The state of the network registration, 0 to 255 (`AT+CEREG?`); 1 home, 5 roaming. @throws StationError at.*, link.* */
export async function readRegistration(port: AtPort, options: AtOptions = {}): Promise<number> {
  const command = "AT+CEREG?";
  const reply = await ask(port, command, options);
  return firstOf(command, reply, "registration state", (line) => {
    const state = /^\d{1,2},(\d{1,3})(?:,|$)/.exec(behind("+CEREG", line) ?? "")?.[1];
    return state === undefined ? undefined : Number(state);
  });
}

/** Whether a registration state means that the network is there. */
export function isRegistered(state: number): boolean {
  return REGISTERED.includes(state);
}
