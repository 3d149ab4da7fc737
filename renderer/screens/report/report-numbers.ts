import { judgedOf, type Bucket, type Endings, type Interval, type Report } from "../../../src/contract/report.ts";
import { stopwatch } from "../../components/spans.ts";

/** Failures: what ended as FAIL or ERROR. */
export function failuresOf({ fail, error }: Pick<Endings, "fail" | "error">): number {
  return fail + error;
}

/** Part of whole from 0 to 1; undefined of nothing. */
export function shareOf(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

/** Yield of some runs, from 0 to 1. */
export function yieldOf(endings: Endings): number | undefined {
  return shareOf(endings.pass, judgedOf(endings));
}

const SECOND = 1000;

/**
 * A length of time: `4:05`; below ten seconds with decimals, `4.2 s`. `ms` in milliseconds.
 * @param step what differs from one length to the next, in ms: as many decimals as tell them apart
 */
export function lengthText(ms: number, language: string, step = SECOND): string {
  if (ms >= 10 * SECOND && step >= SECOND) return stopwatch(ms);
  const digits = Math.max(ms < SECOND ? 2 : 1, Math.min(3, Math.ceil(-Math.log10(step / SECOND))));
  const seconds = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(ms / SECOND);
  return `${seconds}\u00a0s`;
}

/** The beginning of a bucket in a few letters, as a picture's axis shows it. */
export function bucketLabel({ at }: Pick<Bucket, "at">, interval: Interval, language: string): string {
  if (interval === "hour") return at.slice(-5);
  if (interval === "year") return at;
  const [year = 0, month = 1, day = 1] = at.split("-").map(Number);
  const format =
    interval === "month"
      ? ({ month: "short", year: "numeric" } as const)
      : ({ day: "numeric", month: "short" } as const);
  return new Intl.DateTimeFormat(language, { ...format, timeZone: "UTC" }).format(Date.UTC(year, month - 1, day));
}

/** The beginning of a bucket in full, for tables: tells apart the two hours of one name when the clock is set back. */
export function bucketName(bucket: Pick<Bucket, "at" | "ahead">, buckets: readonly Pick<Bucket, "at">[]): string {
  const text = bucket.at.replace("T", " ");
  if (bucket.ahead === undefined || buckets.filter(({ at }) => at === bucket.at).length < 2) return text;
  const hours = bucket.ahead / 60;
  return `${text} UTC${hours < 0 ? "" : "+"}${hours}`;
}

/** The fewest of the most frequent reasons that make at least half of all failures. */
export function mainReasons({ codes: { codes, rest } }: Pick<Report, "codes">): {
  readonly count: number;
  readonly share: number;
} {
  const total = codes.reduce((sum, code) => sum + failuresOf(code), rest === undefined ? 0 : failuresOf(rest));
  let [count, sum] = [0, 0];
  for (const code of codes) {
    if (sum * 2 >= total) break;
    sum += failuresOf(code);
    count += 1;
  }
  return { count, share: total === 0 ? 0 : sum / total };
}
