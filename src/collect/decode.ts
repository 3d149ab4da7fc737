import { LineMessageSchema, type LineMessage } from "../contract/line-message.ts";
import { UUID_PATTERN } from "../core/ids.ts";
import { visible } from "../core/visible.ts";

/** A message of the stream as it comes. */
export type StreamMessage = {
  readonly streamSeq: number;
  readonly subject: string;
  /** What people call the station, where its message tells. */
  readonly name: string | undefined;
  readonly data: Uint8Array;
};

/** The longest beginning of a message that a finding keeps, characters. */
const LONGEST_KEPT = 4000;
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** What a message says, or why it says nothing. */
export type Decoded =
  | { readonly kind: "message"; readonly station: string; readonly message: LineMessage }
  | {
      readonly kind: "problem";
      readonly station: string;
      readonly finding: "unreadable" | "foreign";
      readonly what: string;
    };

/** Reads a message strictly; bounded by what the stream takes. */
export function decode({ subject, data }: StreamMessage): Decoded {
  const station = subject.slice(subject.lastIndexOf(".") + 1).slice(0, 64);
  const problem = (finding: "unreadable" | "foreign", what: string): Decoded => {
    return { kind: "problem", station, finding, what };
  };
  if (!UUID_PATTERN.test(station)) return problem("unreadable", "its subject names no station");
  const parsed = LineMessageSchema.safeParse(jsonOf(data));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return problem("unreadable", `it is no event of a station: ${visible(issue?.message ?? "").slice(0, 200)}`);
  }
  const message = parsed.data;
  if (message.station !== station) return problem("foreign", `it is an event of station ${message.station}`);
  return { kind: "message", station, message };
}

/** The name that a message tells, where it can be one. */
export function nameIn({ name }: StreamMessage): string | undefined {
  return name !== undefined && NAME.test(name) ? name : undefined;
}

/** The beginning of a message as a finding keeps it: text that every database takes. */
export function kept(data: Uint8Array): string {
  return visible(Buffer.from(data.subarray(0, LONGEST_KEPT)).toString("utf8")).slice(0, LONGEST_KEPT);
}

function jsonOf(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch {
    return undefined;
  }
}
