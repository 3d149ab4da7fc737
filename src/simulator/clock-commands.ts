import { argumentsOf, unsigned } from "./at-call.ts";
import { ok, PLAIN_ERROR, type Answer } from "./answer.ts";
import { clockText, parseClockText, type ClockSetting } from "./modem-clock.ts";
import type { Quirk } from "./modem-options.ts";
import type { Handler, ModemState } from "./modem-state.ts";

const ONE_DAY = 86_400_000;
const MOST_SUMMER_HOURS = 2;

const clock: Handler = (modem, call, quirk) => {
  if (call.form === "read") {
    const time = modem.clock.read();
    return time === undefined ? PLAIN_ERROR : ok(`+CCLK: "${clockText(time)}"`);
  }
  const [text, ...more] = argumentsOf(call);
  if (text?.quoted !== true || more.length > 0) return PLAIN_ERROR;
  return setClock(modem, parseClockText(text.text), 0, quirk);
};

const clockWithSummerTime: Handler = (modem, call, quirk) => {
  if (call.form === "read") {
    const time = modem.clock.read();
    return time === undefined ? PLAIN_ERROR : ok(`%CCLK: "${clockText(time)}",${time.summer}`);
  }
  const [text, summer, ...more] = argumentsOf(call);
  const hours = unsigned(summer);
  if (text?.quoted !== true || hours === undefined || hours > MOST_SUMMER_HOURS || more.length > 0) return PLAIN_ERROR;
  return setClock(modem, parseClockText(text.text), hours, quirk);
};

function setClock(modem: ModemState, setting: ClockSetting | undefined, summer: number, quirk?: Quirk): Answer {
  if (setting === undefined) return PLAIN_ERROR;
  const error = quirk === "clock-skew" ? ONE_DAY : 0;
  modem.clock.set({ ...setting, instant: setting.instant - error }, summer);
  return ok();
}

/** The two clock commands (at.md 2). */
export const CLOCK_COMMANDS: Readonly<Record<string, Handler>> = { "+CCLK": clock, "%CCLK": clockWithSummerTime };
