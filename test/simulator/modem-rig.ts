import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { answerText } from "../../src/simulator/answer.ts";
import { makeBoard } from "../../src/simulator/board.ts";
import type { ModemOptions, Quirk } from "../../src/simulator/modem-options.ts";
import { SimulatedModem } from "../../src/simulator/simulated-modem.ts";

/** A modem of slot 1 on a virtual clock, and a way to talk to it in texts. */
export function modemRig(options: Partial<ModemOptions> = {}) {
  const clock = new VirtualClock();
  const modem = new SimulatedModem({ board: makeBoard("station", 1), clock, ...options });
  const say = (command: string, quirk?: Quirk): string => answerText(modem.execute(command, quirk));
  /** The value between the quotes of an answer such as `%JWT: "…"`. */
  const quoted = (command: string, quirk?: Quirk): string => /"([^"]*)"/.exec(say(command, quirk))?.[1] ?? "";
  return { clock, modem, say, quoted, board: modem.board };
}
