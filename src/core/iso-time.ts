import type { Instant } from "./clock.ts";

/** The instant as ISO 8601 in UTC with milliseconds, for example `2026-03-01T08:00:00.000Z`. */
export function isoTime(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** The instant that an ISO 8601 text names, or undefined when it names none. */
export function parseIsoTime(text: string): Instant | undefined {
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

/** The calendar parts of an instant in UTC. */
export function utcParts(instant: Instant): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
} {
  const date = new Date(instant);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

/** The instant of calendar parts in UTC; month is 1 to 12. */
export function instantOfUtc(parts: readonly [number, number, number, number, number, number]): Instant {
  const [year, month, day, hour, minute, second] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
