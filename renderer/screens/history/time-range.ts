/** The ranges of time that a filter offers; `custom` from a day to a day, both included. */
export const TIME_CHOICES = ["all", "today", "yesterday", "week", "month", "custom"] as const;
export type TimeChoice = (typeof TIME_CHOICES)[number];

/** A range as it is chosen; days as `2026-03-01`, empty: without end. */
export type TimeRange = { readonly choice: TimeChoice; readonly fromDay: string; readonly toDay: string };

/** The whole record. */
export const ALL_TIMES: TimeRange = { choice: "all", fromDay: "", toDay: "" };

/** The range in UTC, from the first millisecond of its first day to the last of its last, by the clock on the wall. */
export function boundsOf(range: TimeRange, now: Date): { readonly from?: string; readonly to?: string } {
  switch (range.choice) {
    case "all":
      return {};
    case "today":
      return { from: dayStart(now, 0) };
    case "yesterday":
      return { from: dayStart(now, -1), to: lastMoment(now, -1) };
    case "week":
      return { from: dayStart(now, -6) };
    case "month":
      return { from: dayStart(now, -29) };
    case "custom": {
      const from = dayOf(range.fromDay);
      const to = dayOf(range.toDay);
      return {
        ...(from === undefined ? {} : { from: dayStart(from, 0) }),
        ...(to === undefined ? {} : { to: lastMoment(to, 0) }),
      };
    }
  }
}

function dayStart(day: Date, days: number): string {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).toISOString();
}

function lastMoment(day: Date, days: number): string {
  return new Date(new Date(day.getFullYear(), day.getMonth(), day.getDate() + days + 1).getTime() - 1).toISOString();
}

/** Local midnight of `2026-03-01`; undefined when the text names no day. */
function dayOf(text: string): Date | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 ? date : undefined;
}
