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
