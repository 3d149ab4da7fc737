import { z } from "zod";
import type { ErrorReport } from "../core/error.ts";
import { errorOf, StationError } from "../core/error.ts";
import { BatchIdSchema, ErrorReportSchema, SlotIdSchema } from "./common.ts";
import { ABOUT_REQUESTS } from "./desktop-about.ts";
import {
  CountsAskedSchema,
  ExportAnswerSchema,
  ExportAskedSchema,
  JobSchema,
  RunAskedSchema,
  RunCountsSchema,
  RunDetailSchema,
  RunPageSchema,
  RunsAskedSchema,
  VerifyAnswerSchema,
  VerifyAskedSchema,
} from "./desktop-history.ts";
import { CONFIGURATION_REQUESTS } from "./desktop-configuration.ts";
import { GOLDEN_REQUESTS } from "./desktop-golden.ts";
import { LINE_REQUESTS } from "./desktop-line.ts";
import { LIBRARY_REQUESTS } from "./desktop-library.ts";
import { JobProgressSchema, NewsBundleSchema } from "./desktop-news.ts";
import { PORT_REQUESTS, PortsTellingSchema } from "./desktop-ports.ts";
import { REPORT_REQUESTS } from "./desktop-report.ts";
import { SESSION_REQUESTS, type Role } from "./desktop-session.ts";
import { SERVICE_REQUESTS, ServiceTestNewsSchema } from "./desktop-service.ts";
import { DesktopSettingsSchema, SettingsChangeSchema, ShiftStartsSchema } from "./desktop-settings.ts";
import { DesktopSnapshotSchema, ShiftSchema } from "./desktop-snapshot.ts";
import { StartRequestSchema } from "./station-request.ts";

const Nothing = z.null();

/**
 * Everything the window may ask of the main process, and what it is answered. Both ends parse what they take.
 * `role`: who may ask it, of those signed in; where it is absent, everybody.
 */
export const REQUESTS = {
  snapshot: { asks: Nothing, answers: DesktopSnapshotSchema },
  /** Answers once the batch is recorded and its orders are sent; `again` and `serials` as in StartRequest. */
  start: {
    asks: StartRequestSchema,
    answers: z.strictObject({ batch: BatchIdSchema, slots: z.array(SlotIdSchema).max(128) }),
    role: "operator",
  },
  /** Stops a slot's run, or all; answers at once, the ends come as news. Everybody may stop, signed in or not. */
  abort: { asks: z.strictObject({ slot: z.union([z.literal("all"), SlotIdSchema]) }), answers: Nothing },
  "history.runs": { asks: RunsAskedSchema, answers: RunPageSchema },
  "history.run": { asks: RunAskedSchema, answers: RunDetailSchema },
  "history.counts": { asks: CountsAskedSchema, answers: RunCountsSchema },
  "history.export": { asks: ExportAskedSchema, answers: ExportAnswerSchema, role: "operator" },
  "history.verify": { asks: VerifyAskedSchema, answers: VerifyAnswerSchema },
  /** Cancels a piece of work: its request fails with desktop.cancelled. Harmless when it is over. */
  cancel: { asks: z.strictObject({ job: JobSchema }), answers: Nothing },
  "settings.read": { asks: Nothing, answers: DesktopSettingsSchema },
  /** Answers all settings after the change. */
  "settings.write": { asks: SettingsChangeSchema, answers: DesktopSettingsSchema },
  /** Begins a new shift now: its counts start at zero. */
  "shift.restart": { asks: Nothing, answers: ShiftSchema, role: "operator" },
  /** Training mode only, while nothing runs: lays new simulated boards into the tray. The slots keep showing their last results. */
  "training.renew": { asks: Nothing, answers: Nothing },
  /** At which times of day shifts begin by themselves from now on; a `shift` news follows. */
  "shift.schedule": {
    asks: z.strictObject({ starts: ShiftStartsSchema }),
    answers: DesktopSettingsSchema,
    role: "engineer",
  },
  ...SESSION_REQUESTS,
  ...ABOUT_REQUESTS,
  ...LIBRARY_REQUESTS,
  ...CONFIGURATION_REQUESTS,
  ...PORT_REQUESTS,
  ...SERVICE_REQUESTS,
  ...REPORT_REQUESTS,
  ...GOLDEN_REQUESTS,
  ...LINE_REQUESTS,
} as const;

export type RequestKind = keyof typeof REQUESTS;
/** What a request takes, as the window gives it. */
export type Asks<Kind extends RequestKind> = z.input<(typeof REQUESTS)[Kind]["asks"]>;
/** The same, parsed. */
export type Asked<Kind extends RequestKind> = z.output<(typeof REQUESTS)[Kind]["asks"]>;
export type Answers<Kind extends RequestKind> = z.output<(typeof REQUESTS)[Kind]["answers"]>;

/** What the main process tells by itself. */
export const CHANNELS = {
  news: NewsBundleSchema,
  progress: JobProgressSchema,
  ports: PortsTellingSchema,
  serviceTest: ServiceTestNewsSchema,
} as const;

export type Channel = keyof typeof CHANNELS;
export type Message<Of extends Channel> = z.output<(typeof CHANNELS)[Of]>;

/** An answer or an error: errors cross as plain reports, since the bridge strips error objects. */
export type Reply =
  { readonly ok: true; readonly answer: unknown } | { readonly ok: false; readonly error: ErrorReport };

const ReplySchema: z.ZodType<Reply> = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), answer: z.unknown() }),
  z.strictObject({ ok: z.literal(false), error: ErrorReportSchema }),
]);

/**
 * What the preload gives the window as `window.station`. Nothing is parsed on the way: {@link parseReply} and
 * {@link parseMessage} do it in the window.
 */
export type DesktopApi = {
  /** Resolves with a reply, also for errors. `null` asks where a request takes nothing. */
  request<Kind extends RequestKind>(kind: Kind, asks: Asks<Kind>): Promise<unknown>;
  /** Calls the listener with each message from now on; the answer ends that. */
  subscribe(channel: Channel, listener: (message: unknown) => void): () => void;
};

/** The role that a request needs; undefined: none. */
export function roleOf(kind: RequestKind): Role | undefined {
  const entry: { readonly asks: z.ZodType; readonly role?: Role } = REQUESTS[kind];
  return entry.role;
}

export function isRequestKind(value: unknown): value is RequestKind {
  return typeof value === "string" && Object.hasOwn(REQUESTS, value);
}

/** The answer in a reply. @throws StationError the one that the main process reported; desktop.answer */
export function parseReply<Kind extends RequestKind>(kind: Kind, value: unknown): Answers<Kind> {
  const reply = ReplySchema.safeParse(value);
  if (!reply.success) throw unknownAnswer(kind, reply.error);
  if (!reply.data.ok) throw errorOf(reply.data.error);
  const answer = REQUESTS[kind].answers.safeParse(reply.data.answer);
  if (!answer.success) throw unknownAnswer(kind, answer.error);
  // The schema of this kind has just taken it.
  return answer.data as Answers<Kind>;
}

/** A message of a channel. @throws StationError desktop.answer */
export function parseMessage<Of extends Channel>(channel: Of, value: unknown): Message<Of> {
  const message = CHANNELS[channel].safeParse(value);
  if (!message.success) throw unknownAnswer(channel, message.error);
  // The schema of this channel has just taken it.
  return message.data as Message<Of>;
}

function unknownAnswer(kind: string, cause: z.ZodError): StationError {
  const [issue] = cause.issues;
  const field = issue === undefined ? "" : issue.path.map(String).join(".").slice(0, 200);
  return new StationError("desktop.answer", "the answer is not of the form that was agreed", { kind, field });
}
