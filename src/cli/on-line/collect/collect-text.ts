import type { CollectorNews } from "../../../collect/collector.ts";
import type { Finding } from "../../../collect/finding.ts";
import { formatDuration } from "../../../core/duration.ts";
import { describeError } from "../../../core/error.ts";
import { visible } from "../../../core/visible.ts";

/** What a collector tells, as one line; nothing of commits, which come by the thousand. */
export function newsLine(news: CollectorNews): string | undefined {
  switch (news.kind) {
    case "standby":
      return "another collector of this database is at work; waiting for its end";
    case "collecting":
      return `collecting from message ${news.from + 1}; the line has ${news.until}`;
    case "committed":
      return undefined;
    case "finding":
      return `${news.stationName} ${findingText(news.finding)}`;
    case "trouble":
      return `${describeError(news.error)}; again in ${formatDuration(news.wait)}`;
  }
}

/** `gap at 17 to 20: the rows up to 20 are missing (message 4711), made good`. */
export function findingText({ kind, position, lastPosition, what, streamSeq, settledAt }: Finding): string {
  const place = lastPosition === position ? `${position}` : `${position} to ${lastPosition}`;
  const end = settledAt === null || kind === "repeated" || kind === "reordered" ? "" : ", made good";
  return visible(`${kind} at ${place}: ${what} (message ${streamSeq}${end})`);
}
