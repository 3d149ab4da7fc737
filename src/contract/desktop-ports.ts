import { z } from "zod";
import { ErrorReportSchema, label, SlotIdSchema } from "./common.ts";
import { DocumentIdSchema, DocumentSchema } from "./desktop-library.ts";
import { FixtureSchema } from "./fixture.ts";
import { PortsSchema } from "./port.ts";

/** The ports at one moment; `fault`: they could not be listed, `ports` are those seen last. */
export const PortsTellingSchema = z.strictObject({ ports: PortsSchema, fault: ErrorReportSchema.exactOptional() });
export type PortsTelling = z.output<typeof PortsTellingSchema>;

const Slots = z.array(SlotIdSchema).max(128);

/** What lies in the slots as far as their ports tell it, and starting by plugging in. */
export const InsertionsSchema = z.strictObject({
  /** A board that is plugged in starts by itself. */
  armed: z.boolean(),
  /** Slots at whose port nothing is plugged in; those with a network address are never among them. */
  absent: Slots,
  /** Slots whose board was plugged in while armed and wants its serial scanned before it starts. */
  waiting: Slots,
  /** Why the last board that was plugged in could not be started. */
  fault: ErrorReportSchema.exactOptional(),
});
export type Insertions = z.output<typeof InsertionsSchema>;

/** While nobody has looked at the ports. */
export const NO_INSERTIONS: Insertions = { armed: false, absent: [], waiting: [] };

/** For how many seconds `ports.watch` holds; a window that still looks asks again before. */
export const WATCH_SECONDS = 20;

/** The requests about ports and what is plugged into them. */
export const PORT_REQUESTS = {
  /** Looks at the ports now. */
  "ports.list": { asks: z.null(), answers: PortsTellingSchema },
  /** Tells the `ports` channel of every change from now on, for {@link WATCH_SECONDS}; `off` ends it. */
  "ports.watch": { asks: z.strictObject({ on: z.boolean() }), answers: z.null() },
  /** Lets boards that are plugged in from now on start by themselves, or not any more; the ones that are in stay as they are. */
  "insertion.arm": { asks: z.strictObject({ armed: z.boolean() }), answers: z.null(), role: "operator" },
  /** The scanned serials of the boards to come, by slot: all of them, in place of those told before. */
  "insertion.serials": {
    asks: z.strictObject({ serials: z.record(SlotIdSchema, label(64)) }),
    answers: z.null(),
    role: "operator",
  },
  /** Writes a fixture of one's own as a file that a person can read: a new one, or in place of the old where `replace`. */
  "fixture.write": {
    asks: z.strictObject({ id: DocumentIdSchema, fixture: FixtureSchema, replace: z.boolean() }),
    answers: DocumentSchema,
    role: "engineer",
  },
} as const;
