/** The latest moment, in ms since 1970, that one of the local times of day (`06:00`) began at or before `now`; undefined without times. */
export function latestStart(times: readonly string[], now: number): number | undefined {
  const starts = times.flatMap((time) => [0, -1].map((day) => atTime(time, now, day)).filter((start) => start <= now));
  return starts.length === 0 ? undefined : Math.max(...starts);
}

/** A time of day on the local day of `now`, or days from it; the system's calendar knows the days of 23 and 25 hours. */
function atTime(time: string, now: number, days: number): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hours, minutes).getTime();
}
