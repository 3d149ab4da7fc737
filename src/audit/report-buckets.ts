import { LONGEST, type Bucket, type Endings, type Interval } from "../contract/report.ts";
import type { Instant } from "../core/clock.ts";
import { instantOfUtc, utcParts } from "../core/iso-time.ts";
import { dateText, hourText, type Zone } from "../core/zone.ts";
import { addTo, NO_ENDINGS, type MutableEndings } from "./report-endings.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The longest range of each interval, in days: about as many bars as a picture has room for. */
const REACH: readonly (readonly [Interval, number])[] = [
  ["hour", 2],
  ["day", 62],
  ["week", 371],
  ["month", 1860],
];

/** The interval that cuts a range into a readable number of buckets. */
export function intervalFor(first: Instant, last: Instant): Interval {
  const days = (last - first) / DAY;
  return REACH.find(([, reach]) => days <= reach)?.[0] ?? "year";
}

/** Runs by the interval in which they began, by the clock of a place. */
export class Buckets {
  readonly #zone: Zone;
  readonly #interval: Interval;
  readonly #counted = new Map<string, { readonly hour: Instant; readonly endings: MutableEndings }>();

  constructor(zone: Zone, interval: Interval) {
    this.#zone = zone;
    this.#interval = interval;
  }

  /** Counts runs that began in the clock hour that `hour` begins; hours come in order. */
  add(hour: Instant, endings: Endings): void {
    const key = this.#keyOf(hour);
    const known = this.#counted.get(key);
    if (known === undefined) this.#counted.set(key, { hour, endings: { ...endings } });
    else addTo(known.endings, endings);
  }

  /** All buckets from the first to the last with runs, those between included; the newest where there are too many. */
  list(): Bucket[] {
    const filled = [...this.#counted.values()];
    const [first, last] = [filled[0]?.hour, filled.at(-1)?.hour];
    if (first === undefined || last === undefined) return [];
    const keys = this.#interval === "hour" ? this.#hours(first, last) : this.#dates(first, last);
    return keys.slice(-LONGEST.buckets).map((key) => {
      const [at = "", ahead] = key.split(" ");
      const named = ahead === undefined ? { at } : { at, ahead: Number(ahead) };
      return { ...named, ...(this.#counted.get(key)?.endings ?? NO_ENDINGS) };
    });
  }

  #keyOf(hour: Instant): string {
    const wall = this.#zone.wallTime(hour);
    switch (this.#interval) {
      case "hour":
        return `${hourText({ ...wall, minute: 0 })} ${this.#zone.minutesAhead(hour)}`;
      case "day":
        return dateText(wall);
      case "week":
        return mondayOf(instantOfUtc([wall.year, wall.month, wall.day, 0, 0, 0]));
      case "month":
        return dateText(wall).slice(0, 7);
      case "year":
        return dateText(wall).slice(0, 4);
    }
  }

  #hours(first: Instant, last: Instant): readonly string[] {
    const keys = new Set<string>();
    for (let hour = first; hour <= last; hour += HOUR) keys.add(this.#keyOf(hour));
    keys.add(this.#keyOf(last));
    return [...keys];
  }

  /** Every date between the two by the calendar, whatever the clock does on it. */
  #dates(first: Instant, last: Instant): readonly string[] {
    const [from, to] = [dayNumber(this.#zone, first), dayNumber(this.#zone, last)];
    const keys = new Set<string>();
    for (let day = from; day <= to; day += 1) keys.add(dateKey(day * DAY, this.#interval));
    return [...keys];
  }
}

function dateKey(midnight: Instant, interval: Interval): string {
  if (interval === "week") return mondayOf(midnight);
  const length = interval === "month" ? 7 : interval === "year" ? 4 : 10;
  return dateText(utcParts(midnight)).slice(0, length);
}

function dayNumber(zone: Zone, at: Instant): number {
  const { year, month, day } = zone.wallTime(at);
  return instantOfUtc([year, month, day, 0, 0, 0]) / DAY;
}

/** The Monday of the week that a date lies in. */
function mondayOf(midnight: Instant): string {
  // The first of January 1970 was a Thursday.
  const past = (((midnight / DAY + 3) % 7) + 7) % 7;
  return dateText(utcParts(midnight - past * DAY));
}
