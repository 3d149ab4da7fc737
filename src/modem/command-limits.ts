import { seconds, type Duration } from "../core/duration.ts";

/** How long to wait for the final result, by command; the first row that fits counts (at.md 1, Timing). */
const LIMITS: readonly (readonly [command: RegExp, limit: Duration])[] = [
  [/^AT%(?:KEYGEN|KEYINJECT)=/i, seconds(60)],
  [/^AT%(?:JWT|ATTESTTOKEN|CLAIMTOKEN)\b/i, seconds(10)],
  [/^AT%CMNG=[03]/i, seconds(30)],
  [/^AT%CMNG=/i, seconds(15)],
  [/^AT%XPMNG=/i, seconds(30)],
  [/^AT%XSUDO=/i, seconds(60)],
  [/^AT%XFACTORYRESET=/i, seconds(60)],
  [/^AT\+CFUN=1\b/i, seconds(120)],
  [/^AT\+CFUN=\d/i, seconds(60)],
  [/^AT\+COPS=\?/i, seconds(180)],
  [/\?$/, seconds(5)],
  [/=/, seconds(15)],
];
const QUERY = seconds(5);

/** The limit of a command: 5 s for queries, more for what writes, signs or makes keys. */
export function limitFor(command: string): Duration {
  return LIMITS.find(([pattern]) => pattern.test(command))?.[1] ?? QUERY;
}
