import { z } from "zod";
import { Secret } from "../core/secret.ts";
import { DeviceUuidSchema, ErrorReportSchema, label, RunIdSchema, TimestampSchema } from "./common.ts";
import { FINDING_KINDS } from "./line-finding.ts";
import { FingerprintSchema, KeyProtectionSchema, LONGEST_KEY } from "./desktop-service.ts";

const count = z.int().nonnegative();

/** The most conflicts and stations that the window is told of. */
export const MOST_SHOWN = { conflicts: 50, stations: 200 } as const;

/**
 * A unit that this station worked on alone and another one of the line worked on too (`held`), or passed (`passed`).
 * `other`: the other station's name on the line; `otherAt`: when it claimed or passed the unit.
 */
export const LineConflictSchema = z.strictObject({
  uuid: DeviceUuidSchema,
  at: TimestampSchema,
  run: RunIdSchema,
  what: z.enum(["held", "passed"]),
  other: label(32),
  otherAt: TimestampSchema,
});
export type LineConflict = z.output<typeof LineConflictSchema>;

/**
 * How the station stands to the line that it shares with others.
 * `connecting`: for the first time; `reached`; `away`: it was or should be there, and is tried again and again;
 * `stopped`: it is not tried any longer, `problem` says why.
 */
export const LineStateSchema = z.strictObject({
  /** Names of the line, and of the station on it. */
  name: label(64),
  station: label(64),
  link: z.enum(["connecting", "reached", "away", "stopped"]),
  /** Since when it stands so. */
  since: TimestampSchema,
  /** When the line was heard last; absent: not since the start. */
  reachedAt: TimestampSchema.exactOptional(),
  /** Events of the record that the line has not got yet. */
  waiting: count,
  /** What went wrong last, while it does. */
  problem: ErrorReportSchema.exactOptional(),
  /** What runs do while the line is away; `null`: units are not interlocked across the line. */
  whenAway: z.enum(["refuse", "alone"]).nullable(),
  /** Units of the training mode are interlocked too. */
  training: z.boolean(),
  /** Runs that went on alone and were not compared with the line yet. */
  alone: count,
  /** The newest first, until somebody has seen them. */
  conflicts: z.array(LineConflictSchema).max(MOST_SHOWN.conflicts),
});
export type LineState = z.output<typeof LineStateSchema>;

/** A secret that the line needs, never the secret itself. */
const HeldSchema = z.discriminatedUnion("from", [
  /** `wanted`: what the line file says should be in the vault. */
  z.strictObject({ from: z.literal("none"), wanted: z.boolean() }),
  /** A file or an environment variable that the line file names. */
  z.strictObject({ from: z.enum(["file", "environment"]), name: z.string().max(4096) }),
  z.strictObject({
    from: z.literal("vault"),
    protection: KeyProtectionSchema,
    fingerprint: FingerprintSchema,
    keptAt: TimestampSchema,
  }),
]);
export type HeldSecret = z.output<typeof HeldSchema>;

/** What an engineer set about the line, and what can be set. */
export const LineSettingsSchema = z.strictObject({
  /** Path of the line file; `null`: the station works for itself. */
  file: z.string().max(4096).nullable(),
  /** Name of the line in it; absent where it cannot be read. */
  name: label(64).exactOptional(),
  servers: z.array(z.string().max(300)).max(16).exactOptional(),
  /** Why the file or its credentials cannot be used. */
  problem: ErrorReportSchema.exactOptional(),
  credentials: HeldSchema,
  /** The central database that History and Report of the whole line are read from. */
  database: HeldSchema,
  databaseProblem: ErrorReportSchema.exactOptional(),
  /** How the next secret would rest. */
  keeping: KeyProtectionSchema,
  /** Something was set that counts from the next start of the station. */
  restart: z.boolean(),
});
export type LineSettings = z.output<typeof LineSettingsSchema>;

/** A station of the line as the central database knows it. */
export const LineStationSchema = z.strictObject({
  id: z.string().max(64),
  /** Its name on the line, where it told one. */
  name: label(64).exactOptional(),
  events: count,
  /** Time of its newest event. */
  lastAt: TimestampSchema.exactOptional(),
  /** The chain is whole up to a position, or what does not fit there. */
  chain: z.discriminatedUnion("ok", [
    z.strictObject({ ok: z.literal(true), upTo: count }),
    /** `what`: the same in plain English, with what it is about. */
    z.strictObject({
      ok: z.literal(false),
      position: count,
      kind: z.enum(FINDING_KINDS),
      what: z.string().max(1024),
    }),
  ]),
});
export type LineStation = z.output<typeof LineStationSchema>;

/** `vault`: refused with vault.unprotected where the system protects nothing; `unprotected`: kept in spite of that. */
const keep = { keep: z.enum(["vault", "unprotected"]) };

const secretText = z
  .string()
  .min(1)
  .max(LONGEST_KEY)
  .regex(/^[^\p{Cc}]+$/u, "must not contain control characters")
  .transform((text) => new Secret(text));

/** The requests about the line that stations share. Settings are an engineer's; they can be changed while nothing runs. */
export const LINE_REQUESTS = {
  "line.settings": { asks: z.null(), answers: LineSettingsSchema },
  /**
   * Takes the line file that the system's own dialog asks for; answers the old settings where the person chose none. Counts from
   * the next start of the station. `fromNow`: what was recorded before the station joined its first line stays with it. @throws StationError line.*, file.*: nothing has changed then
   */
  "line.choose": { asks: z.strictObject({ fromNow: z.boolean() }), answers: LineSettingsSchema, role: "engineer" },
  /** Works for itself from the next start on; what waits stays in the record. */
  "line.leave": { asks: z.null(), answers: LineSettingsSchema, role: "engineer" },
  /** Keeps the credentials of a file that the system's own dialog asks for, in place of what the line file names. */
  "line.keep-credentials": { asks: z.strictObject(keep), answers: LineSettingsSchema, role: "engineer" },
  "line.forget-credentials": { asks: z.null(), answers: LineSettingsSchema, role: "engineer" },
  /** Keeps the address of the central database: `postgres://reader:…@host/name`, or the path of an SQLite file. It is tried first. */
  "line.keep-database": {
    asks: z.strictObject({ address: secretText, ...keep }),
    answers: LineSettingsSchema,
    role: "engineer",
  },
  /** Starts the station anew, with what was set. @throws StationError desktop.line-busy while runs are active */
  "line.restart": { asks: z.null(), answers: z.null(), role: "engineer" },
  "line.forget-database": { asks: z.null(), answers: LineSettingsSchema, role: "engineer" },
  /** The stations that the central database knows. @throws StationError desktop.no-central; what the reading throws */
  "line.stations": { asks: z.null(), answers: z.array(LineStationSchema).max(MOST_SHOWN.stations) },
  /** Somebody has seen the conflicts: they stay in the record, and are shown no longer. */
  "line.seen": { asks: z.null(), answers: z.null(), role: "operator" },
} as const;
