import { formatDuration, type Duration } from "./duration.ts";

/** A number with its unit, as it appears among the facts of an error. */
export type Quantity = { readonly value: number; readonly unit: Unit };

/** The units that facts may carry. */
export type Unit = "ms" | "s" | "bytes" | "characters" | "lines" | "rows" | "commands" | "attempts" | "baud" | "items";

/** One fact of an error or a note: plain, or a number with its unit. Never a secret. */
export type Fact = string | number | boolean | null | Quantity;

/** Facts by name. */
export type Facts = Readonly<Record<string, Fact>>;

/** A number with its unit. */
export function quantity(value: number, unit: Unit): Quantity {
  return { value, unit };
}

/** A duration as a fact. */
export function lasting(duration: Duration): Quantity {
  return { value: duration, unit: "ms" };
}

/** The fact as people read it: `5 s`, `64 bytes`, `yes`. */
export function formatFact(fact: Fact): string {
  if (fact === null) return "none";
  if (typeof fact === "boolean") return fact ? "yes" : "no";
  if (typeof fact !== "object") return String(fact);
  return fact.unit === "ms" ? formatDuration(fact.value as Duration) : `${fact.value} ${fact.unit}`;
}
