import type { FindingKind } from "../contract/line-finding.ts";

/** What did not fit, named by station and position. */
export type Finding = {
  readonly id: string;
  /** The station whose subject it came on. */
  readonly station: string;
  readonly kind: FindingKind;
  /** The first and the last position that it is about. */
  readonly position: number;
  readonly lastPosition: number;
  /** In plain English. */
  readonly what: string;
  /** Sequence number in the stream, where an administrator finds the message. */
  readonly streamSeq: number;
  /** The beginning of the message, where it is not kept as an event. */
  readonly message: string | null;
  readonly foundAt: string;
  /** When it was made good: the missing row came, the right one took its place; or when a person settled it. */
  readonly settledAt: string | null;
};

/** Who has settled a finding, and why. */
export type Settlement = { readonly settledBy: string; readonly settledWhy: string };

/** A finding that a person has looked at and settled. */
export type SettledFinding = Finding & Settlement;

/** A finding as the check makes it; the collector numbers and dates it. */
export type Observation = Pick<Finding, "kind" | "position" | "lastPosition" | "what">;

/** An observation about one position. */
export function observed(kind: FindingKind, position: number, what: string): Observation {
  return { kind, position, lastPosition: position, what };
}

/** Whether the finding says something about the chain that stays until it is made good. */
export function isOpenKind(kind: FindingKind): boolean {
  return kind !== "repeated" && kind !== "reordered";
}
