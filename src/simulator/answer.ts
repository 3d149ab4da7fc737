import type { AtFinal } from "../modem/at-port.ts";
import { finalText } from "../modem/cme-errors.ts";

/** A modem's answer before framing: information lines without line ends, then the final result. */
export type Answer = {
  /** A line may hold line ends inside a quoted value (`%CMNG` read). Wire text (core/wire-text.ts). */
  readonly lines: readonly string[];
  readonly final: AtFinal;
};

/** The answer that ends with `OK`. */
export function ok(...lines: readonly string[]): Answer {
  return { lines, final: { kind: "ok" } };
}

/** The answer that is `ERROR` whatever CMEE says: unknown or malformed commands (at.md 8). */
export const PLAIN_ERROR: Answer = { lines: [], final: { kind: "error" } };

/** The answer that is `+CME ERROR: <code>` with CMEE 1 and `ERROR` with CMEE 0 (at.md 7). */
export function cme(code: number): Answer {
  return { lines: [], final: { kind: "cme", code } };
}

/** The answer as text: every information line and the final line ended by CR LF (at.md 1). */
export function answerText(answer: Answer): string {
  return [...answer.lines, finalText(answer.final)].map((line) => `${line}\r\n`).join("");
}
