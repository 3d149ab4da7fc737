import { z } from "zod";
import {
  BatchIdSchema,
  DeviceUuidSchema,
  ImeiSchema,
  OutcomeSchema,
  PurposeSchema,
  RunIdSchema,
  Sha256HexSchema,
  SlotIdSchema,
  TimestampSchema,
} from "./common.ts";
import { ReleaseSchema } from "./run-event.ts";
import { ExportFormatSchema, RunFilterSchema } from "./station-request.ts";

/** A run as its row in the audit database tells it; every field follows from the run's events. */
export const RunRecordSchema = z.strictObject({
  id: RunIdSchema,
  batch: BatchIdSchema,
  slot: SlotIdSchema,
  uuid: DeviceUuidSchema.nullable(),
  imei: ImeiSchema.nullable(),
  boardSerial: z.string().nullable(),
  /** `null` while the run is in progress. */
  outcome: OutcomeSchema.nullable(),
  /** Error code of a run that did not pass. */
  code: z.string().nullable(),
  startedAt: TimestampSchema,
  finishedAt: TimestampSchema.nullable(),
  /** Name and revision of the recipe. */
  recipe: z.string(),
  recipeSha256: Sha256HexSchema,
  operator: z.string().nullable(),
  /** Identity of the station. */
  station: z.string(),
  link: z.string(),
  model: z.string().nullable(),
  firmware: z.string().nullable(),
  hardware: z.string().nullable(),
  iccid: z.string().nullable(),
  /** What the modem was left in. */
  release: ReleaseSchema.nullable(),
  elapsedMs: z.number().nonnegative().nullable(),
  /** The unit was allowed to have passed before. */
  again: z.boolean(),
  /** Simulators or an embedded service took part: not a production record. */
  training: z.boolean(),
  /** What the run was for; only runs that provision count as passed. */
  purpose: PurposeSchema.default("provision"),
  /** What the line calls the station; in the record of a whole line only. */
  stationName: z.string().max(64).exactOptional(),
});
export type RunRecord = z.output<typeof RunRecordSchema>;

/** Whose runs are read: those of this station's own record, or those of the whole line from its central database. */
export const SourceSchema = z.enum(["station", "line"]);
export type RecordSource = z.output<typeof SourceSchema>;

/** Where a page of runs begins: after the run of this start and id. */
export const RunCursorSchema = z.strictObject({ startedAt: TimestampSchema, id: RunIdSchema });
export type RunCursor = z.output<typeof RunCursorSchema>;

/** Which runs to read, newest first: the filter, the place to go on from, how many to pass over from there, and how many (1 to 1000). */
export const RunQuerySchema = z.strictObject({
  filter: RunFilterSchema,
  after: RunCursorSchema.exactOptional(),
  skip: z.int().min(0).max(1_000_000_000).exactOptional(),
  limit: z.int().min(1).max(1000),
});
export type RunQuery = z.output<typeof RunQuerySchema>;

/** A page of runs, newest first; `next` is absent on the last page. */
export type RunPage = { readonly runs: readonly RunRecord[]; readonly next?: RunCursor };

/** How the runs of a filter ended. A unit counts as passed at first when its earliest run of the filter passed. */
export type RunCounts = {
  readonly runs: number;
  readonly pass: number;
  readonly fail: number;
  readonly error: number;
  readonly aborted: number;
  readonly running: number;
  /** Units that were identified. */
  readonly units: number;
  readonly unitsPassed: number;
  readonly unitsPassedFirst: number;
};

/** An order to export runs; `out` is the path of the file to write. */
export const ExportOrderSchema = z.strictObject({
  format: ExportFormatSchema,
  out: z.string().min(1).max(4096),
  filter: RunFilterSchema,
});
export type ExportOrder = z.output<typeof ExportOrderSchema>;

/** How far a long piece of work is; `total` is an estimate made at its beginning. */
export type Progress = { readonly done: number; readonly total: number };

/** The first row that does not fit, as an auditor finds it. */
export type Misfit = {
  /** Name of the table; `file` for what concerns the file as a whole, `manifest` for an export's manifest. */
  readonly table: string;
  /** Key of the row: position, run id, batch id, digest or row number. */
  readonly row: string;
  /** What is wrong with it, in plain English. */
  readonly what: string;
};

/** What a verification found. */
export type Verdict =
  | {
      readonly ok: true;
      readonly kind: "database";
      readonly station: string;
      /** RFC 7638 thumbprint of the station's public key, base64url: compare it with the one written down. */
      readonly key: string;
      readonly events: number;
      readonly runs: number;
      readonly batches: number;
      readonly heads: number;
      /** Position of the newest event under a signature; events after it are protected by the chain alone. */
      readonly signedUpTo: number;
      /** Whether the head file beside the database was there: without it a cut-off tail cannot be noticed. */
      readonly headFile: "present" | "absent";
    }
  | {
      readonly ok: true;
      readonly kind: "export";
      readonly station: string;
      readonly key: string;
      readonly format: "csv" | "jsonl";
      readonly rows: number;
      /** Whether the signature covers this export, or only the chain that it was read from (made without the station's key). */
      readonly signature: "export" | "chain";
    }
  | { readonly ok: false; readonly kind: "database" | "export" | "unknown"; readonly misfit: Misfit };
