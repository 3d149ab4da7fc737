import type { Instant } from "../../core/clock.ts";
import { instantOfUtc, utcParts } from "../../core/iso-time.ts";
import type { AtOptions, AtPort } from "../at-port.ts";
import { parseInfoValues } from "../info-values.ts";
import { ask, behind, firstOf } from "./ask.ts";

/** A modem's clock: the instant, the zone that it writes it in (quarter hours east of UTC), and daylight saving where told (hours). */
export type ModemTime = {
  readonly instant: Instant;
  readonly zone: number;
  readonly daylightSaving?: number;
};

const FORM = /^(\d\d)\/(\d\d)\/(\d\d),(\d\d):(\d\d):(\d\d)([+-]\d\d)$/;
const QUARTER_HOUR = 900_000;

/**
 * The modem's clock as `%CCLK?` (with daylight saving; what the vendor library checks before a JWT) or `+CCLK?` tells it,
 * or undefined when the modem reports an error: it knows no time.
 * @throws StationError at.unreadable, link.*
 */
export async function readClock(
  port: AtPort,
  which: "%CCLK" | "+CCLK" = "%CCLK",
  options: AtOptions = {},
): Promise<ModemTime | undefined> {
  const command = `AT${which}?`;
  const reply = await port.send(command, options);
  if (reply.final.kind !== "ok") return undefined;
  return firstOf(command, reply, "time", (line) => {
    const text = behind(which, line);
    return text === undefined ? undefined : parseModemTime(text);
  });
}

/** Reads `"25/10/09,08:53:20+08"` with an optional `,0` behind it (years 2000 to 2099); undefined when it is no time. */
export function parseModemTime(text: string): ModemTime | undefined {
  const [time, saving, ...more] = parseInfoValues(text) ?? [];
  if (time?.kind !== "text" || more.length > 0) return undefined;
  const parts = FORM.exec(time.value);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zone = 0] = parts.slice(1).map(Number);
  const local = instantOfUtc([2000 + year, month, day, hour, minute, second]);
  if (!sameParts(local, [2000 + year, month, day, hour, minute, second]) || Math.abs(zone) > 96) return undefined;
  const instant = local - zone * QUARTER_HOUR;
  if (saving === undefined) return { instant, zone };
  return saving.kind === "number" ? { instant, zone, daylightSaving: saving.value } : undefined;
}

/** Whether a calendar really has these parts: the 31st of February would have become March. */
function sameParts(instant: Instant, wanted: readonly number[]): boolean {
  const { year, month, day, hour, minute, second } = utcParts(instant);
  return [year, month, day, hour, minute, second].every((part, index) => part === wanted[index]);
}

/** The time as `+CCLK` and `%CCLK` take it, in UTC: `25/10/09,08:53:20+00`. */
export function formatModemTime(instant: Instant): string {
  const { year, month, day, hour, minute, second } = utcParts(instant);
  const two = (value: number): string => String(value % 100).padStart(2, "0");
  return `${two(year)}/${two(month)}/${two(day)},${two(hour)}:${two(minute)}:${two(second)}+00`;
}

/** Sets the modem's clock, which gives it valid time without a network (`AT+CCLK="…"`). @throws StationError at.*, link.* */
export async function setClock(port: AtPort, instant: Instant, options: AtOptions = {}): Promise<void> {
  await ask(port, `AT+CCLK="${formatModemTime(instant)}"`, options);
}

/** Sets the modem's clock with daylight saving in hours, 0 to 2 (`AT%CCLK="…",0`). @throws StationError at.*, link.* */
export async function setClockWithDaylightSaving(
  port: AtPort,
  instant: Instant,
  daylightSaving: 0 | 1 | 2,
  options: AtOptions = {},
): Promise<void> {
  await ask(port, `AT%CCLK="${formatModemTime(instant)}",${daylightSaving}`, options);
}
