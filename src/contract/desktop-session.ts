import { z } from "zod";
import { Secret } from "../core/secret.ts";
import { label } from "./common.ts";

/** What a person may do: an operator starts, stops and exports; an engineer changes the station too. */
export const RoleSchema = z.enum(["operator", "engineer"]);
export type Role = z.output<typeof RoleSchema>;

/** The most names on the list of operators. */
export const MOST_OPERATORS = 200;

/** How long an engineer may be idle before being signed out, in minutes. */
export const IDLE_MINUTES = { least: 1, usual: 10, most: 240 } as const;

/** A person's name as runs record it: no blanks around it. */
export const OperatorNameSchema = label(64).regex(/^\S(?:.*\S)?$/u, "must not begin or end with a blank");

/** 4 to 12 digits; a secret from here on. */
export const PinSchema = z
  .string()
  .regex(/^\d{4,12}$/, "must be 4 to 12 digits")
  .transform((text) => new Secret(text));

/** The text on a badge, as a scanner types it. It names a person and proves nothing. */
export const BadgeSchema = z
  .string()
  .regex(/^[\x21-\x7E](?:[\x20-\x7E]{0,126}[\x21-\x7E])?$/, "must be 1 to 128 printable ASCII characters");

const who = { name: OperatorNameSchema, role: RoleSchema };

/** Somebody who may sign in; nothing of the PIN but whether there is one. */
const PersonSchema = z.strictObject({ ...who, pin: z.boolean() });

/** Who works at the station now. */
export const SessionSchema = z.strictObject({
  /** Nobody is on the list of operators: everybody may do everything, the operator's name is free text. */
  open: z.boolean(),
  /** Who is signed in; `null`: nobody, and always where the station is open. */
  operator: z.strictObject(who).nullable(),
  /** Who may sign in, in the order of their names. */
  people: z.array(PersonSchema).max(MOST_OPERATORS),
});
export type Session = z.output<typeof SessionSchema>;

/** The session of a station without a list of operators. */
export const OPEN_SESSION: Session = { open: true, operator: null, people: [] };

/** Whether this session has the rights of a role. */
export function mayAct({ open, operator }: Session, role: Role): boolean {
  return open || (operator !== null && (role === "operator" || operator.role === "engineer"));
}

/** One line of the list of operators; never a PIN, nor what is kept of it. */
const OperatorSchema = z.strictObject({
  ...who,
  pin: z.boolean(),
  /** Names that are not enabled stay on the list and cannot sign in. */
  enabled: z.boolean(),
  badge: BadgeSchema.exactOptional(),
});
export type Operator = z.output<typeof OperatorSchema>;

/** The list of operators, in the order of their names. */
const OperatorListSchema = z.strictObject({
  operators: z.array(OperatorSchema).max(MOST_OPERATORS),
  /** An engineer who does nothing for so long is signed out. */
  engineerIdleMinutes: z.int().min(IDLE_MINUTES.least).max(IDLE_MINUTES.most),
});
export type OperatorList = z.output<typeof OperatorListSchema>;

/** How a person signs in; a badge stands for the name, never for the PIN. */
const SignInSchema = z.union([
  z.strictObject({ name: OperatorNameSchema, pin: PinSchema.exactOptional() }),
  z.strictObject({ badge: BadgeSchema, pin: PinSchema.exactOptional() }),
]);
export type SignIn = z.output<typeof SignInSchema>;

const SignInAnswerSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("signed-in"), session: SessionSchema }),
  /** The name is known (the badge's, perhaps) and has a PIN, which was not given. */
  z.strictObject({ kind: z.literal("pin-needed"), name: OperatorNameSchema }),
]);

/** Who works here, and the list of those who may; a `session` news follows every change. */
export const SESSION_REQUESTS = {
  "session.read": { asks: z.null(), answers: SessionSchema },
  /** Whoever was signed in before is not any more. A wrong PIN makes the same name wait: 1, 2, 4 … 60 s. */
  "session.signIn": { asks: SignInSchema, answers: SignInAnswerSchema },
  "session.signOut": { asks: z.null(), answers: SessionSchema },
  "operators.list": { asks: z.null(), answers: OperatorListSchema, role: "engineer" },
  /** The first one must be an engineer with a PIN, who is signed in by it. */
  "operators.add": {
    asks: z.strictObject({ ...who, pin: PinSchema.exactOptional(), badge: BadgeSchema.exactOptional() }),
    answers: OperatorListSchema,
    role: "engineer",
  },
  /** What is absent stays; `null` takes the PIN or the badge away. */
  "operators.change": {
    asks: z.strictObject({
      name: OperatorNameSchema,
      rename: OperatorNameSchema.exactOptional(),
      role: RoleSchema.exactOptional(),
      enabled: z.boolean().exactOptional(),
      pin: PinSchema.nullable().exactOptional(),
      badge: BadgeSchema.nullable().exactOptional(),
    }),
    answers: OperatorListSchema,
    role: "engineer",
  },
  "operators.remove": {
    asks: z.strictObject({ name: OperatorNameSchema }),
    answers: OperatorListSchema,
    role: "engineer",
  },
  /** After how long an idle engineer is signed out. */
  "operators.idle": {
    asks: z.strictObject({ minutes: OperatorListSchema.shape.engineerIdleMinutes }),
    answers: OperatorListSchema,
    role: "engineer",
  },
} as const;
