import { z } from "zod";
import { isZone } from "../core/zone.ts";
import { label, SlotIdSchema, TimestampSchema } from "./common.ts";
import { RunFilterSchema } from "./station-request.ts";

const count = z.int().nonnegative();

/** Which runs a report counts by their mode: of the production, of the training, or both together. */
export const ModeSchema = z.enum(["production", "training", "both"]);
export type ReportMode = z.output<typeof ModeSchema>;

/** Which runs a report counts: the filters of the history, and those of the bench. All that are given must hold. */
export const ReportFilterSchema = z.strictObject({
  ...RunFilterSchema.shape,
  /** Name of the fixture that the batch ran on. */
  fixture: label(64).exactOptional(),
  slot: SlotIdSchema.exactOptional(),
  mode: ModeSchema,
});
export type ReportFilter = z.output<typeof ReportFilterSchema>;

/** A report to make. */
export const ReportOrderSchema = z.strictObject({
  filter: ReportFilterSchema,
  /** The station's time zone (IANA): hours and days begin by its clock. */
  zone: z.string().min(1).max(64).refine(isZone, "must be a time zone such as Europe/Berlin or UTC"),
});
export type ReportOrder = z.output<typeof ReportOrderSchema>;

/** How runs ended; `running` have not. */
const endings = { runs: count, pass: count, fail: count, error: count, aborted: count, running: count };
const EndingsSchema = z.strictObject(endings);
export type Endings = z.output<typeof EndingsSchema>;

/** A share from 0 to 1. */
const share = z.number().min(0).max(1);

/** Lengths of the intervals that a report may be cut into, chosen by its range. */
export const IntervalSchema = z.enum(["hour", "day", "week", "month", "year"]);
export type Interval = z.output<typeof IntervalSchema>;

/** The runs that began in an interval. */
const BucketSchema = z.strictObject({
  /** Where it begins by the station's clock: `2026-03-29T02:00` (hour), `2026-03-29` (day, Monday of a week), `2026-03` or `2026`. */
  at: z.string().max(24),
  /** Hours only, minutes ahead of UTC: tells apart the two hours of one name when the clock is set back. */
  ahead: z.int().min(-1440).max(1440).exactOptional(),
  ...endings,
});
export type Bucket = z.output<typeof BucketSchema>;

/** The most that lists of a report hold; what is beyond is added up. */
export const LONGEST = { buckets: 1000, bins: 60, codes: 50, groups: 50, slots: 512, choices: 200 } as const;

/** How long passed runs took, in ms. */
const CycleTimesSchema = z.strictObject({
  runs: z.int().positive(),
  /** Half of the runs took at most this long. */
  median: z.number().nonnegative(),
  /** Nine of ten runs took at most this long. */
  p90: z.number().nonnegative(),
  shortest: z.number().nonnegative(),
  longest: z.number().nonnegative(),
  /** Width of a bin, ms. */
  width: z.number().positive(),
  /** In order without gaps: runs that took at least `from` and less than `from + width`; the last bin takes all longer ones. */
  bins: z.array(z.strictObject({ from: z.number().nonnegative(), runs: count })).max(LONGEST.bins),
});
export type CycleTimes = z.output<typeof CycleTimesSchema>;

/** Runs that ended as FAIL or ERROR with one code; `null`: without any. */
const CodeSchema = z.strictObject({ code: z.string().max(128).nullable(), fail: count, error: count });
export type CodeCount = z.output<typeof CodeSchema>;

/** A slot of a fixture against the other slots of that fixture. */
const SlotCountSchema = z.strictObject({
  fixture: z.string().max(128),
  slot: z.string().max(64),
  /** The station of the line that the slot belongs to; absent in the report of one station's own record. */
  station: z.string().max(64).exactOptional(),
  ...endings,
  /** FAIL and ERROR of all that ended as PASS, FAIL or ERROR; `null` of none. */
  share: share.nullable(),
  /** How likely the other slots' share gives so many failures by chance. */
  chance: share,
  /** Fails more often than chance explains: at least 2 failures, and `chance` below 1 % divided by the number of slots. */
  standsOut: z.boolean(),
});
export type SlotCount = z.output<typeof SlotCountSchema>;

const GroupSchema = z.strictObject({ name: z.string().max(256).nullable(), ...endings });
export type Group = z.output<typeof GroupSchema>;
/** The groups with the most runs; `rest` adds up the others, absent when there are none. */
const GroupsSchema = z.strictObject({
  groups: z.array(GroupSchema).max(LONGEST.groups),
  rest: EndingsSchema.exactOptional(),
});
export type Groups = z.output<typeof GroupsSchema>;

/** A station of a line; `name`: what the line calls it, where it told one. */
const StationCountSchema = z.strictObject({
  id: z.string().max(64),
  name: z.string().max(64).exactOptional(),
  ...endings,
});

/** A failure that at least two stations of a line had, with the stations where it was most frequent first. */
const SharedFailureSchema = z.strictObject({
  code: z.string().max(128).nullable(),
  stations: z.array(z.strictObject({ id: z.string().max(64), fail: count, error: count })).max(50),
});
export type SharedFailure = z.output<typeof SharedFailureSchema>;

/** What only the report of a whole line tells. */
const LineReportSchema = z.strictObject({
  /** The busiest first. */
  stations: z.array(StationCountSchema).max(200),
  /** The most stations first. */
  shared: z.array(SharedFailureSchema).max(50),
});
export type LineReport = z.output<typeof LineReportSchema>;

const choices = z.array(z.string().max(256)).max(LONGEST.choices);

/**
 * The figures of the runs that began in a range of time. A run counts by its beginning; *judged* runs are those that ended as
 * PASS, FAIL or ERROR (a stopped or unfinished run says nothing).
 */
export const ReportSchema = z.strictObject({
  order: ReportOrderSchema,
  /** Beginning of the first and of the last run; absent where there is none. */
  range: z.strictObject({ first: TimestampSchema, last: TimestampSchema }).exactOptional(),
  /** Yield is `pass` of the judged runs. */
  runs: EndingsSchema,
  /** Identified units (by device UUID) with a judged run; runs that ended before the unit was identified count for none. */
  units: z.strictObject({
    units: count,
    /** First-pass yield is this of `units`: a unit counts once, by its first judged run in the report. */
    passedFirst: count,
    /** Units that passed in at least one run of the report. */
    passed: count,
    /** Judged runs that ended before the unit was identified. */
    unidentified: count,
  }),
  /** Clock hours in which at least one run began: throughput is the judged runs of one such hour. */
  hours: count,
  interval: IntervalSchema,
  /** In order, those without runs in between included. */
  buckets: z.array(BucketSchema).max(LONGEST.buckets),
  /** Absent while no run has passed. */
  cycle: CycleTimesSchema.exactOptional(),
  /** The most frequent first; `rest` adds up the others, absent when there are none. */
  codes: z.strictObject({
    codes: z.array(CodeSchema).max(LONGEST.codes),
    rest: z.strictObject({ codes: count, fail: count, error: count }).exactOptional(),
  }),
  /** By fixture, then as people count: 2 before 10. */
  slots: z.array(SlotCountSchema).max(LONGEST.slots),
  recipes: GroupsSchema,
  operators: GroupsSchema,
  /** Absent in the report of one station's own record. */
  line: LineReportSchema.exactOptional(),
  /** What the filters could be set to, in the whole record. */
  choices: z.strictObject({ recipes: choices, operators: choices, fixtures: choices }),
});
export type Report = z.output<typeof ReportSchema>;

/** How many of some runs were judged. */
export function judgedOf({ pass, fail, error }: Pick<Endings, "pass" | "fail" | "error">): number {
  return pass + fail + error;
}

/** Throughput in judged runs an hour, over the clock hours in which a run began; undefined of none. */
export function throughputOf({ runs, hours }: Pick<Report, "runs" | "hours">): number | undefined {
  return hours === 0 ? undefined : judgedOf(runs) / hours;
}
