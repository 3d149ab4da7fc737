import { z } from "zod";
import {
  BadgeSchema,
  IDLE_MINUTES,
  MOST_OPERATORS,
  OperatorNameSchema,
  RoleSchema,
  type Operator,
} from "../../src/contract/desktop-session.ts";
import { StationError } from "../../src/core/error.ts";
import { quantity } from "../../src/core/fact.ts";
import { KeptPinSchema } from "./pin-hash.ts";

const EntrySchema = z.strictObject({
  name: OperatorNameSchema,
  role: RoleSchema,
  enabled: z.boolean(),
  pin: KeptPinSchema.exactOptional(),
  badge: BadgeSchema.exactOptional(),
});
/** One operator as the station keeps it. */
export type Entry = z.output<typeof EntrySchema>;

/** The list of operators as it rests in its file. */
export const KeptListSchema = z.strictObject({
  version: z.literal(1),
  engineerIdleMinutes: z.int().min(IDLE_MINUTES.least).max(IDLE_MINUTES.most),
  operators: z.array(EntrySchema).max(MOST_OPERATORS),
});
export type KeptList = z.output<typeof KeptListSchema>;

/** The list of a station where nobody has been entered. */
export const NO_OPERATORS: KeptList = { version: 1, engineerIdleMinutes: IDLE_MINUTES.usual, operators: [] };

/** What may be changed of an entry; `null` takes the PIN or the badge away. */
export type EntryChange = {
  readonly name?: string;
  readonly role?: Entry["role"];
  readonly enabled?: boolean;
  readonly pin?: NonNullable<Entry["pin"]> | null;
  readonly badge?: string | null;
};

/** Names that a person would take for the same are the same. */
export function sameName(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

/** A name in the form in which it is compared. */
export function folded(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/** @throws StationError operators.unknown */
export function entryOf({ operators }: KeptList, name: string): Entry {
  const entry = operators.find((known) => sameName(known.name, name));
  if (entry === undefined) throw new StationError("operators.unknown", "no operator of this name is known", { name });
  return entry;
}

/** The list with one more. @throws StationError operators.* */
export function withAdded(list: KeptList, entry: Entry): KeptList {
  if (list.operators.length >= MOST_OPERATORS) {
    const limit = quantity(MOST_OPERATORS, "items");
    throw new StationError("operators.full", "the list of operators is full", { limit });
  }
  if (list.operators.length === 0 && !canRule(entry))
    throw new StationError("operators.first", "the first operator is not an engineer with a PIN", { name: entry.name });
  return checked({ ...list, operators: [...list.operators, entry] });
}

/** The list with one changed. @throws StationError operators.* */
export function withChanged(list: KeptList, name: string, change: EntryChange): KeptList {
  const before = entryOf(list, name);
  const { pin: keptPin, badge: keptBadge, ...rest } = before;
  const { pin = keptPin, badge = keptBadge, ...others } = change;
  const after: Entry = {
    ...{ ...rest, ...others },
    ...(pin === undefined || pin === null ? {} : { pin }),
    ...(badge === undefined || badge === null ? {} : { badge }),
  };
  return checked({ ...list, operators: list.operators.map((entry) => (entry === before ? after : entry)) });
}

/** The list without one. @throws StationError operators.* */
export function withRemoved(list: KeptList, name: string): KeptList {
  const gone = entryOf(list, name);
  return checked({ ...list, operators: list.operators.filter((entry) => entry !== gone) });
}

/** The list itself, when it keeps the rules. @throws StationError operators.* */
export function checked(list: KeptList): KeptList {
  const names = new Set<string>();
  const badges = new Set<string>();
  for (const { name, role, pin, badge } of list.operators) {
    if (names.has(folded(name))) throw new StationError("operators.taken", "two operators have one name", { name });
    if (badge !== undefined && badges.has(badge))
      throw new StationError("operators.taken", "two operators have one badge", { name });
    if (role === "engineer" && pin === undefined)
      throw new StationError("operators.pin-needed", "an engineer has no PIN", { name });
    names.add(folded(name));
    if (badge !== undefined) badges.add(badge);
  }
  if (!list.operators.some(canRule))
    throw new StationError("operators.last-engineer", "no engineer who can sign in would be left");
  return { ...list, operators: list.operators.toSorted((one, other) => compare(one.name, other.name)) };
}

/** The entry as engineers see it. */
export function shownEntry({ name, role, enabled, pin, badge }: Entry): Operator {
  return { name, role, enabled, pin: pin !== undefined, ...(badge === undefined ? {} : { badge }) };
}

function canRule({ role, enabled, pin }: Entry): boolean {
  return role === "engineer" && enabled && pin !== undefined;
}

/** The same order on every machine. */
function compare(one: string, other: string): number {
  return one.localeCompare(other, "en", { sensitivity: "base" });
}
