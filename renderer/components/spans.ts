/** A length of time as a stopwatch shows it: `4:02`, `1:00:07`; below zero counts as zero. `ms` in milliseconds. */
export function stopwatch(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  const seconds = String(total % 60).padStart(2, "0");
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, "0")}:${seconds}`;
}

/** Hours and minutes of a moment in the window's time zone, as the language writes them. `at` in ms since 1970. */
export function clockTime(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** {@link clockTime} of this day; a moment of another day with its day and month. `at` and `now` in ms since 1970. */
export function clockTimeOrDay(at: number, now: number, language: string): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return clockTime(at, language);
  const format = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(language, format).format(at);
}

/** A share of a whole in percent with one decimal, as the language writes it; nothing of nothing is undefined. */
export function percent(part: number, whole: number, language: string): string | undefined {
  if (whole === 0) return undefined;
  const format = { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
  // Rounded down, so that 99.96 % never reads as 100 %.
  return new Intl.NumberFormat(language, { ...format, roundingMode: "floor" }).format(part / whole);
}
