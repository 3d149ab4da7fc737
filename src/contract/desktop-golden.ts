import { z } from "zod";
import {
  DeviceUuidSchema,
  ErrorReportSchema,
  label,
  OutcomeSchema,
  RunIdSchema,
  SlotIdSchema,
  TimestampSchema,
} from "./common.ts";

/** How many hours may pass between two checks. */
export const GOLDEN_HOURS = { least: 1, usual: 12, most: 168 } as const;

const everyHours = z.int().min(GOLDEN_HOURS.least).max(GOLDEN_HOURS.most);

/** The golden unit as the window shows it. */
export const GoldenFactsSchema = z.strictObject({
  /** How often it must be checked before production; `null`: never. */
  everyHours: everyHours.nullable(),
  /** Absent while none was learned. */
  unit: z
    .strictObject({
      name: label(64),
      uuid: DeviceUuidSchema,
      firmware: label(128).exactOptional(),
      credentials: z.int().positive(),
      learnedAt: TimestampSchema,
    })
    .exactOptional(),
  /** The newest check on this fixture with this reference. */
  check: z.strictObject({ run: RunIdSchema, outcome: OutcomeSchema, finishedAt: TimestampSchema }).exactOptional(),
  /** Why no production batch may start now; absent in training. */
  refusal: ErrorReportSchema.exactOptional(),
});
export type GoldenFacts = z.output<typeof GoldenFactsSchema>;

/** How a run on the golden unit ended, and what is known after it. */
const GoldenRunSchema = z.strictObject({
  outcome: OutcomeSchema,
  error: ErrorReportSchema.exactOptional(),
  facts: GoldenFactsSchema,
});
export type GoldenRun = z.output<typeof GoldenRunSchema>;

/** The golden unit's requests. Runs on it appear in their slot as all runs do; the answer comes when they have ended. */
export const GOLDEN_REQUESTS = {
  "golden.read": { asks: z.null(), answers: GoldenFactsSchema },
  "golden.check": { asks: z.strictObject({ slot: SlotIdSchema }), answers: GoldenRunSchema, role: "operator" },
  /** Takes what the board in the slot holds as the reference from now on. */
  "golden.learn": {
    asks: z.strictObject({ slot: SlotIdSchema, name: label(64) }),
    answers: GoldenRunSchema,
    role: "engineer",
  },
  "golden.rule": {
    asks: z.strictObject({ everyHours: everyHours.nullable() }),
    answers: GoldenFactsSchema,
    role: "engineer",
  },
} as const;
