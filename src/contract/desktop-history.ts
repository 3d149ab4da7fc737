import { z } from "zod";
import { RunIdSchema, Sha256HexSchema } from "./common.ts";
import {
  RunCursorSchema,
  RunQuerySchema,
  RunRecordSchema,
  SourceSchema,
  type RunCounts,
  type RunPage,
  type Verdict,
} from "./history.ts";
import { RunEventSchema } from "./run-event.ts";
import { ExportFormatSchema, RunFilterSchema } from "./station-request.ts";

const count = z.int().nonnegative();

/** Name of a long piece of work, given by the window: its progress and its cancelling go by it. */
export const JobSchema = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "must be 1 to 64 letters, digits or dashes");

/** Absent: this station. */
const source = { source: SourceSchema.exactOptional() };

/** Absent: the work cannot be cancelled and tells no progress. */
const job = { job: JobSchema.exactOptional() };

export const RunCountsSchema: z.ZodType<RunCounts> = z.strictObject({
  ...{ runs: count, pass: count, fail: count, error: count, aborted: count, running: count },
  ...{ units: count, unitsPassed: count, unitsPassedFirst: count },
});

export const RunsAskedSchema = z.strictObject({ query: RunQuerySchema, ...source, ...job });
export const RunPageSchema: z.ZodType<RunPage> = z.strictObject({
  runs: z.array(RunRecordSchema).max(1000),
  next: RunCursorSchema.exactOptional(),
});

export const RunAskedSchema = z.strictObject({ id: RunIdSchema, ...source });
/** One run with its events in order; `null`: the record has none of that id. */
export const RunDetailSchema = z.strictObject({ run: RunRecordSchema, events: z.array(RunEventSchema) }).nullable();
export type RunDetail = z.output<typeof RunDetailSchema>;

export const CountsAskedSchema = z.strictObject({ filter: RunFilterSchema, ...source, ...job });

/** The place is asked for by the system's own dialog. */
export const ExportAskedSchema = z.strictObject({
  ...{ format: ExportFormatSchema, filter: RunFilterSchema, ...source, ...job },
});
export const ExportAnswerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("saved"),
    /** Path of the file. */
    file: z.string().max(4096),
    /** Path of its signed manifest; absent for the whole line, whose runs no single station signs. */
    manifest: z.string().max(4096).exactOptional(),
    rows: count,
    sha256: Sha256HexSchema,
  }),
  /** No place was chosen. */
  z.strictObject({ kind: z.literal("cancelled") }),
]);

/** `record`: the station's own database; `file`: a database or export that the system's own dialog asks for. */
export const VerifyAskedSchema = z.strictObject({ what: z.enum(["record", "file"]), ...job });

const VerdictSchema: z.ZodType<Verdict> = z.union([
  z.strictObject({
    ...{ ok: z.literal(true), kind: z.literal("database"), station: z.string(), key: z.string() },
    ...{ events: count, runs: count, batches: count, heads: count, signedUpTo: count },
    headFile: z.enum(["present", "absent"]),
  }),
  z.strictObject({
    ...{ ok: z.literal(true), kind: z.literal("export"), station: z.string(), key: z.string() },
    ...{ format: ExportFormatSchema, rows: count, signature: z.enum(["export", "chain"]) },
  }),
  z.strictObject({
    ...{ ok: z.literal(false), kind: z.enum(["database", "export", "unknown"]) },
    misfit: z.strictObject({ table: z.string(), row: z.string(), what: z.string() }),
  }),
]);
export const VerifyAnswerSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("verdict"), file: z.string().max(4096), verdict: VerdictSchema }),
  /** No file was chosen. */
  z.strictObject({ kind: z.literal("cancelled") }),
]);
export type VerifyAnswer = z.output<typeof VerifyAnswerSchema>;
