declare const durationBrand: unique symbol;

/** A length of time in milliseconds; made by {@link milliseconds}, {@link seconds} or {@link minutes}, so that units never mix. */
export type Duration = number & { readonly [durationBrand]: "milliseconds" };

/** A duration of `count` milliseconds. */
export function milliseconds(count: number): Duration {
  return count as Duration;
}

/** A duration of `count` seconds. */
export function seconds(count: number): Duration {
  return milliseconds(count * 1000);
}

/** A duration of `count` minutes. */
export function minutes(count: number): Duration {
  return seconds(count * 60);
}

/** The duration in seconds, fractions kept. */
export function inSeconds(duration: Duration): number {
  return duration / 1000;
}

/** The duration as people read it: `250 ms`, `4.2 s`, `2 min 5 s`, `3 h 0 min`. */
export function formatDuration(duration: Duration): string {
  if (duration < 1000) return `${Math.round(duration)} ms`;
  const total = duration / 1000;
  if (total < 60) return `${Number(total.toFixed(1))} s`;
  const whole = Math.round(total);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
