import { z } from "zod";
import {
  DeviceSchema,
  DeviceUuidSchema,
  ErrorReportSchema,
  FactsSchema,
  label,
  OutcomeSchema,
  PhaseSchema,
  PurposeSchema,
  RemoteTextSchema,
  RunIdSchema,
  Sha256HexSchema,
  SlotIdSchema,
  TimestampSchema,
} from "./common.ts";
import { SerialNumberSchema } from "./serial-number.ts";

/** Key, place and time of every event; `seq` counts from 0 without gaps within its run. */
const stamp = { runId: RunIdSchema, slot: SlotIdSchema, seq: z.int().nonnegative(), at: TimestampSchema };
const elapsed = { elapsedMs: z.number().nonnegative() };
/** What stands for a secret; see core/digest.ts. */
const RedactedSchema = z.strictObject({ sha256: Sha256HexSchema, length: z.int().nonnegative() });
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

/** What the station does at the owner's side of a unit: claims it, gives it up, puts commands into its queue, takes them out. */
export const OWNER_ACTS = ["claim", "unclaim", "queue", "discard"] as const;
export const OwnerActSchema = z.enum(OWNER_ACTS);
export type OwnerAct = z.output<typeof OwnerActSchema>;

/** `unknown`: the request was sent and no answer came, so that it may have been carried out. */
const lastWord = z.enum(["done", "refused", "unknown"]);
/** Commands that one announcement may cover: no recipe has more, no service queues as many. */
const MOST_ORDERED = 200;
const CommandIds = z.array(z.string().max(128)).max(MOST_ORDERED);

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
    /** Absent: the unit is provisioned. */
    purpose: PurposeSchema.exclude(["provision"]).exactOptional(),
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
  /** The unit is about to be claimed or given up; must be acknowledged by the store before the request is sent. */
  z.strictObject({
    type: z.literal("claim.announced"),
    ...stamp,
    act: z.enum(["claim", "unclaim"]),
    uuid: DeviceUuidSchema,
    /** Of a claim: what stands for the attestation token, its tags, and the rule that is to bring the commands. */
    token: RedactedSchema.exactOptional(),
    tags: z.array(label(128)).max(20),
    rule: label(256).exactOptional(),
  }),
  /** `ours-already`: nothing was changed, so nothing was announced. */
  z.strictObject({
    type: z.literal("claim.concluded"),
    ...stamp,
    act: z.enum(["claim", "unclaim"]),
    uuid: DeviceUuidSchema,
    result: z.enum(["claimed", "ours-already", "unclaimed", "refused", "unknown"]),
    error: ErrorReportSchema.exactOptional(),
  }),
  /** Commands are about to be put into or taken out of the unit's queue; must be acknowledged before the first request is sent. */
  z.strictObject({
    type: z.literal("queue.announced"),
    ...stamp,
    act: z.enum(["queue", "discard"]),
    /** Number of the first of them within the recipe, from 1 on; 0 where they are none of this run's. */
    first: z.int().nonnegative(),
    /** Kinds of what is queued, ids of what is discarded. */
    commands: CommandIds,
    /** How the station knows its own commands again: the beginning of their description at the service. */
    mark: label(128),
  }),
  z.strictObject({
    type: z.literal("queue.concluded"),
    ...stamp,
    act: z.enum(["queue", "discard"]),
    result: lastWord,
    /** Ids of the commands that the service has taken, or given up, in order. */
    ids: CommandIds,
    error: ErrorReportSchema.exactOptional(),
  }),
  /** What the owner's side says about queued commands once each is final. */
  z.strictObject({
    type: z.literal("queue.settled"),
    ...stamp,
    commands: z.array(z.strictObject({ id: z.string().max(128), status: z.string().max(64) })).max(MOST_ORDERED),
  }),
  /** The attestation token was put into the station's token file, for a claim later on. */
  z.strictObject({ type: z.literal("token.kept"), ...stamp, uuid: DeviceUuidSchema, token: RedactedSchema }),
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
    /** Of the public key as SubjectPublicKeyInfo; for a public key the same as `sha256`. */
    keySha256: Sha256HexSchema.exactOptional(),
    text: RemoteTextSchema.exactOptional(),
  }),
  /** The core signed the unit's request with a CA of one's own; the record holds it under `authority` and `serial`. */
  z.strictObject({
    type: z.literal("certificate.issued"),
    ...stamp,
    secTag: z.number().int().nonnegative(),
    /** The CA's name in the profile; SHA-256 of its certificate. */
    by: label(64),
    authority: Sha256HexSchema,
    serial: SerialNumberSchema,
    sha256: Sha256HexSchema,
    subject: label(1024),
    notAfter: TimestampSchema,
    pem: RemoteTextSchema,
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

/** Whether an event tells an intent: whoever told it waits for the store's word before the deed. */
export function isAnnouncement({ type }: Pick<RunEvent, "type">): boolean {
  return type === "command.announced" || type === "claim.announced" || type === "queue.announced";
}
