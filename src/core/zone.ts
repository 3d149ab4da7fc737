import type { Instant } from "./clock.ts";
import { instantOfUtc } from "./iso-time.ts";

/** What a clock on the wall shows, to the minute; month is 1 to 12. */
export type WallTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
};

/** Whether a text names a time zone that this program knows (IANA, for example `Europe/Berlin`, or `UTC`). */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const MINUTE = 60_000;

/** The clock on the wall of one place, with its changes to summer time and back. */
export class Zone {
  readonly #format: Intl.DateTimeFormat;

  /** @param name as {@link isZone} knows it */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
      ...{ timeZone: name, hourCycle: "h23" },
      ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" },
    });
  }

  /** What the clock shows at an instant. */
  wallTime(at: Instant): WallTime {
    const found = new Map(this.#format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (name: "year" | "month" | "day" | "hour" | "minute"): number => found.get(name) ?? 0;
    return {
      ...{ year: part("year"), month: part("month"), day: part("day") },
      ...{ hour: part("hour"), minute: part("minute") },
    };
  }

  /** The beginning of the clock hour that an instant lies in; an hour that a change of the clock repeats counts twice. */
  hourStart(at: Instant): Instant {
    return at - modulo(at, MINUTE) - this.wallTime(at).minute * MINUTE;
  }

  /** What the clock is ahead of UTC at an instant, in minutes; below zero west of Greenwich. */
  minutesAhead(at: Instant): number {
    const { year, month, day, hour, minute } = this.wallTime(at);
    return (instantOfUtc([year, month, day, hour, minute, 0]) - (at - modulo(at, MINUTE))) / MINUTE;
  }
}

/** The remainder that is never below zero, also of instants before 1970. */
function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** The date as `2026-03-01`. */
export function dateText({ year, month, day }: Pick<WallTime, "year" | "month" | "day">): string {
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

/** Date and hour as `2026-03-01T08:00`. */
export function hourText(wall: WallTime): string {
  return `${dateText(wall)}T${two(wall.hour)}:${two(wall.minute)}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
