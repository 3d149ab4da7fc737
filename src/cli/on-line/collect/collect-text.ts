import type { CollectorNews } from "../../../collect/collector.ts";
import type { Finding, SettledFinding } from "../../../collect/finding.ts";
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

/** `gap at 17 to 20: the rows up to 20 are missing (message 4711, made good)`; open ones with their id, settled ones with who and why. */
export function findingText(finding: Finding | SettledFinding): string {
  const { id, kind, position, lastPosition, what, streamSeq, settledAt } = finding;
  const place = lastPosition === position ? `${position}` : `${position} to ${lastPosition}`;
  const told = `${kind} at ${place}: ${what} (message ${streamSeq}`;
  if ("settledBy" in finding)
    return visible(`${told}), settled ${settledAt ?? ""} by ${finding.settledBy}: ${finding.settledWhy}`);
  if (kind === "repeated" || kind === "reordered") return visible(`${told})`);
  return visible(settledAt === null ? `${told}, finding ${id})` : `${told}, made good)`);
}
