import { z } from "zod";
import {
  DeviceSchema,
  ErrorReportSchema,
  FactsSchema,
  label,
  OutcomeSchema,
  PhaseSchema,
  RemoteTextSchema,
  RunIdSchema,
  Sha256HexSchema,
  SlotIdSchema,
  TimestampSchema,
} from "./common.ts";

/** Key, place and time of every event; `seq` counts from 0 without gaps within its run. */
const stamp = { runId: RunIdSchema, slot: SlotIdSchema, seq: z.int().nonnegative(), at: TimestampSchema };
const elapsed = { elapsedMs: z.number().nonnegative() };
const Attempt = z.int().min(1).max(100);

/** A provisioning command as records show it: secrets replaced by digest and length. */
const CommandFactsSchema = z.strictObject({
  id: z.string().max(128),
  /**
   * `at`, `config`, `finished`: carried out by the station. `session`: the start of a session that the board's own firmware
   * carries out. `ordered`: a command that the board carried out by itself, concluded as the owner's side tells it.
   */
  kind: z.enum(["at", "config", "finished", "session", "ordered"]),
  /** `%CMNG 0,16842753,0,[sha256:… length:…]`, `config provisioning/interval-sec`, `finished`, `AT#XNRFPROV`. */
  text: RemoteTextSchema,
  ordinal: z.int().min(1),
  total: z.int().min(1),
});

/** What the modem was left in at the end of a run. */
export const ReleaseSchema = z.enum(["untouched", "restored", "powered-off", "unreachable"]);
export type Release = z.output<typeof ReleaseSchema>;

/** Everything that a run tells; the same objects go to the audit database and, after the commit, to the screen. */
export const RunEventSchema = z.discriminatedUnion("type", [
  /** Written by the core before the modem is touched; seq 0. */
  z.strictObject({
    type: z.literal("run.started"),
    ...stamp,
    link: label(260),
    boardSerial: label(64).exactOptional(),
    recipe: label(128),
    recipeSha256: Sha256HexSchema,
    operator: label(64).exactOptional(),
    again: z.boolean(),
    training: z.boolean(),
  }),
  z.strictObject({
    type: z.literal("phase.started"),
    ...stamp,
    phase: PhaseSchema,
    attempt: Attempt,
    limitMs: z.number().positive(),
  }),
  z.strictObject({
    type: z.literal("phase.finished"),
    ...stamp,
    phase: PhaseSchema,
    attempt: Attempt,
    result: z.enum(["passed", "skipped", "failed", "repeated"]),
    ...elapsed,
    error: ErrorReportSchema.exactOptional(),
  }),
  z.strictObject({ type: z.literal("unit.identified"), ...stamp, device: DeviceSchema }),
  /** An event of the provisioning library under its own name (protocol.md 2.1). */
  z.strictObject({ type: z.literal("client.event"), ...stamp, name: label(64), facts: FactsSchema }),
  /** Must be acknowledged by the store before the command is sent. */
  z.strictObject({ type: z.literal("command.announced"), ...stamp, command: CommandFactsSchema }),
  z.strictObject({
    type: z.literal("command.concluded"),
    ...stamp,
    command: CommandFactsSchema,
    result: z.enum(["ok", "ignored-error", "error", "none"]),
    cme: z.int().nonnegative().exactOptional(),
    reply: RemoteTextSchema,
    ...elapsed,
  }),
  /** One AT exchange outside the command list, redacted; the transcript of the unit view. */
  z.strictObject({
    type: z.literal("at.exchange"),
    ...stamp,
    command: RemoteTextSchema,
    reply: RemoteTextSchema,
    ...elapsed,
  }),
  z.strictObject({
    type: z.literal("setting.written"),
    ...stamp,
    key: z.string().max(128),
    value: z.string().max(512),
    sink: label(32),
  }),
  z.strictObject({
    type: z.literal("credential.verified"),
    ...stamp,
    secTag: z.number().int().nonnegative(),
    credential: z.int().min(0).max(255),
    expectedSha256: Sha256HexSchema.exactOptional(),
    foundSha256: Sha256HexSchema.exactOptional(),
    verdict: z.enum(["match", "present", "missing", "different", "unexpected"]),
  }),
  /** A public thing that the unit made: a CSR, a public key; by digest, with its PEM where it is public. */
  z.strictObject({
    type: z.literal("artefact.made"),
    ...stamp,
    name: label(64),
    sha256: Sha256HexSchema,
    length: z.int().nonnegative(),
    text: RemoteTextSchema.exactOptional(),
  }),
  z.strictObject({
    type: z.literal("note"),
    ...stamp,
    level: z.enum(["info", "warning"]),
    text: z.string().max(512),
    facts: FactsSchema,
  }),
  /** The last event; stored in one transaction with the run's result. */
  z.strictObject({
    type: z.literal("run.finished"),
    ...stamp,
    outcome: OutcomeSchema,
    release: ReleaseSchema,
    ...elapsed,
    error: ErrorReportSchema.exactOptional(),
  }),
]);
export type RunEvent = z.output<typeof RunEventSchema>;

/** An event without its stamp, as the engine makes it; the worker's journal numbers and dates it. */
export type RunEventBody = RunEvent extends infer Event
  ? Event extends RunEvent
    ? Omit<Event, "runId" | "slot" | "seq" | "at">
    : never
  : never;
