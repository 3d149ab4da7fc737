/**
 * What may be wrong with a message of a station, or with its place.
 * `unreadable`: no message of a station at all; `foreign`: on another station's subject; `changed`: it does not have its digest;
 * `gap`: positions that did not come; `fork`: two different rows claim one place, or a row does not follow the one before;
 * `signature`: a signed head that the station's key did not sign, or one that was taken out;
 * `repeated`: a row that had come before; `reordered`: a row that came after a later one. The last two change nothing.
 */
export const FINDING_KINDS = [
  "unreadable",
  "foreign",
  "changed",
  "gap",
  "fork",
  "signature",
  "repeated",
  "reordered",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

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
