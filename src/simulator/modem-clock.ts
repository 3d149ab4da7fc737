import type { Clock, Instant } from "../core/clock.ts";
import { instantOfUtc, utcParts } from "../core/iso-time.ts";

/** A clock setting as `AT+CCLK` carries it. */
export type ClockSetting = {
  readonly instant: Instant;
  /** The time zone in quarter hours, -96 to 96. */
  readonly zone: number;
};

const SHAPE = /^(\d{2})\/(\d{2})\/(\d{2}),(\d{2}):(\d{2}):(\d{2})([+-]\d{2})$/;
const QUARTER_HOUR = 15 * 60 * 1000;
const WIDEST_ZONE = 96;

/** The setting that a text `yy/MM/dd,hh:mm:ss±zz` names (local time, zone in quarter hours), or undefined when it names none. */
export function parseClockText(text: string): ClockSetting | undefined {
  const [, ...groups] = SHAPE.exec(text) ?? [];
  const [year = -1, month = 0, day = 0, hour = 0, minute = 0, second = 0, zone = 0] = groups.map(Number);
  if (year < 0 || hour > 23 || minute > 59 || second > 59 || Math.abs(zone) > WIDEST_ZONE) return undefined;
  const local = instantOfUtc([2000 + year, month, day, hour, minute, second]);
  const parts = utcParts(local);
  if (parts.month !== month || parts.day !== day) return undefined;
  return { instant: local - zone * QUARTER_HOUR, zone };
}

/** The text `yy/MM/dd,hh:mm:ss±zz` of a setting. */
export function clockText({ instant, zone }: ClockSetting): string {
  const { year, month, day, hour, minute, second } = utcParts(instant + zone * QUARTER_HOUR);
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = [year % 100, month, day].map(two).join("/");
  const time = [hour, minute, second].map(two).join(":");
  return `${date},${time}${zone < 0 ? "-" : "+"}${two(Math.abs(zone))}`;
}

/** A modem's clock: has no time after power-up, runs on its own once it was set. */
export class ModemClock {
  readonly #clock: Clock;
  #setting: (ClockSetting & { readonly setAt: number; readonly summer: number }) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sets time, zone and daylight saving (0 to 2 hours). */
  set(setting: ClockSetting, summer = 0): void {
    this.#setting = { ...setting, summer, setAt: this.#clock.monotonic() };
  }

  /** The power was cut: the time is unknown again. */
  forget(): void {
    this.#setting = undefined;
  }

  /** The time now, or undefined while none is known. */
  read(): (ClockSetting & { readonly summer: number }) | undefined {
    if (this.#setting === undefined) return undefined;
    const { instant, zone, summer, setAt } = this.#setting;
    return { instant: instant + Math.floor(this.#clock.monotonic() - setAt), zone, summer };
  }
}
