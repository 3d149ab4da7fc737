import { z } from "zod";
import { JobSchema } from "./desktop-history.ts";
import { SourceSchema } from "./history.ts";
import { ReportOrderSchema, ReportSchema } from "./report.ts";

/** The pictures of a report. */
export const PictureSchema = z.enum(["yield", "throughput", "cycle-times", "failures", "slots"]);
export type Picture = z.output<typeof PictureSchema>;

/** The largest file that is saved, in bytes. */
export const LARGEST_PICTURE = 8 * 1024 * 1024;
const LONGEST_CELL = 1024;
const MOST = { rows: 2000, cells: 32 } as const;

const CellSchema = z.union([z.string().max(LONGEST_CELL), z.number(), z.null()]);
export type ReportCell = z.output<typeof CellSchema>;

/** What is saved: a picture as PNG, or its numbers, which the main process writes as CSV. */
const ContentSchema = z.discriminatedUnion("format", [
  z.strictObject({
    format: z.literal("png"),
    bytes: z
      .instanceof(Uint8Array)
      .refine(({ length }) => length <= LARGEST_PICTURE, `must be at most ${LARGEST_PICTURE} bytes`)
      .refine(isPng, "must be a PNG"),
  }),
  z.strictObject({
    format: z.literal("csv"),
    /** The first row names the columns. */
    rows: z.array(z.array(CellSchema).max(MOST.cells)).min(1).max(MOST.rows),
  }),
]);

export const SaveAskedSchema = z.strictObject({ picture: PictureSchema, content: ContentSchema });
export type SaveAsked = z.output<typeof SaveAskedSchema>;

const SaveAnswerSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("saved"), file: z.string().max(4096) }),
  /** No place was chosen. */
  z.strictObject({ kind: z.literal("cancelled") }),
]);

/** The report's requests. */
export const REPORT_REQUESTS = {
  /** The figures of the runs of a filter, of this station unless `source` says else; `job` names the work for its progress and its cancelling. */
  "report.read": {
    asks: z.strictObject({
      order: ReportOrderSchema,
      source: SourceSchema.exactOptional(),
      job: JobSchema.exactOptional(),
    }),
    answers: ReportSchema,
  },
  /** Saves a picture or its numbers where the system's own dialog says. */
  "report.save": { asks: SaveAskedSchema, answers: SaveAnswerSchema, role: "operator" },
} as const;

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
/** Length and name of the header chunk that every PNG begins with. */
const HEADER = [0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52] as const;
/** The whole chunk that every PNG ends with. */
const END = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82] as const;

/** Whether bytes begin and end as every PNG does (signature, IHDR; IEND). */
export function isPng(bytes: Uint8Array): boolean {
  const start = [...SIGNATURE, ...HEADER];
  return (
    bytes.length > start.length + END.length && lies(bytes, start, 0) && lies(bytes, END, bytes.length - END.length)
  );
}

function lies(bytes: Uint8Array, wanted: readonly number[], at: number): boolean {
  return wanted.every((byte, index) => bytes[at + index] === byte);
}
