import { z } from "zod";
import { ErrorReportSchema, label, RunIdSchema, SlotIdSchema } from "./common.ts";
import { BoardSettingsSchema, LineSettingsSchema, PortAddressSchema } from "./fixture.ts";
import { ResolvedProfileSchema } from "./profile.ts";
import { ProofSchema, UnitHistorySchema } from "./proof.ts";
import { AnswerSchema, QuestionSchema } from "./question.ts";
import { UnitValuesSchema } from "./recipe-values.ts";
import { ResolvedRecipeSchema } from "./recipe.ts";
import { RunEventSchema } from "./run-event.ts";

/** Everything a worker needs for one run. Holds credentials: goes from the core to the worker only, never to a log or window. */
export const OrderSchema = z.strictObject({
  runId: RunIdSchema,
  slot: SlotIdSchema,
  /** Identity of the station: it marks the commands that it queues. */
  station: label(64),
  port: PortAddressSchema,
  line: LineSettingsSchema,
  settings: BoardSettingsSchema,
  release: z.enum(["restore", "power-off"]),
  recipe: ResolvedRecipeSchema,
  profile: ResolvedProfileSchema,
  /** The owner's API key; absent where the recipe needs none. */
  ownerKey: z.string().min(1).max(4096).exactOptional(),
  /** Proxy address from the environment of the station; the profile's own wins. */
  proxy: z.string().max(512).exactOptional(),
  /** The same for the owner API's host, for which NO_PROXY may say otherwise. */
  ownerProxy: z.string().max(512).exactOptional(),
  boardSerial: label(64).exactOptional(),
  operator: label(64).exactOptional(),
  /** Only read and compare; absent: provision the unit. */
  proof: ProofSchema.exactOptional(),
});
export type Order = z.output<typeof OrderSchema>;

/** The core's answer to `unit.identified`: go on with the device's stored settings, or stop with the reason. */
export const AdmissionSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("admitted"),
    settings: z.record(z.string().max(128), z.string().max(512)),
    /** The unit's own row of the recipe's value file; it is on the disk that no other unit gets it. May hold secrets. */
    values: UnitValuesSchema.exactOptional(),
    /** Absent where the run does not need it. */
    history: UnitHistorySchema.exactOptional(),
  }),
  z.strictObject({ kind: z.literal("refused"), error: ErrorReportSchema }),
]);
export type Admission = z.output<typeof AdmissionSchema>;

const named = { runId: RunIdSchema, slot: SlotIdSchema };
/** Number of a question within its run; the answer repeats it. */
const ask = z.int().min(1).max(1_000_000);

/** Messages from the core to a worker. */
export const ToWorkerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("order"), order: OrderSchema }),
  /** Events up to `seq` are on the disk. */
  z.strictObject({ type: z.literal("stored"), ...named, seq: z.int().nonnegative() }),
  z.strictObject({ type: z.literal("admission"), ...named, admission: AdmissionSchema }),
  z.strictObject({ type: z.literal("answer"), ...named, ask, answer: AnswerSchema }),
  z.strictObject({ type: z.literal("abort"), ...named, error: ErrorReportSchema }),
  /** Stops the run and closes its port at once: nothing reaches the unit any more, not even its release. */
  z.strictObject({ type: z.literal("cut"), ...named, error: ErrorReportSchema }),
  z.strictObject({ type: z.literal("shutdown") }),
]);
export type ToWorker = z.output<typeof ToWorkerSchema>;

/** Messages from a worker to the core. */
export const FromWorkerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("event"), event: RunEventSchema }),
  /** A setting to keep for the device in the station's own store (correlation id, interval, config commands). */
  z.strictObject({ type: z.literal("setting"), ...named, key: z.string().min(1).max(128), value: z.string().max(512) }),
  /** Something that only the core can decide or keep; answered once. May hold credentials. */
  z.strictObject({ type: z.literal("ask"), ...named, ask, question: QuestionSchema }),
  /** Sent every second; its absence tells a worker that hangs. */
  z.strictObject({ type: z.literal("alive") }),
  z.strictObject({ type: z.literal("log"), level: z.enum(["info", "warning", "error"]), text: z.string().max(2048) }),
]);
export type FromWorker = z.output<typeof FromWorkerSchema>;
