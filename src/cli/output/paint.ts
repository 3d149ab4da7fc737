import type { Outcome } from "../../contract/common.ts";

/** The marks and colours of outcomes: a sign, a word and a colour, so that no one of them has to be seen. */
const LOOKS: Readonly<Record<Outcome, { readonly sign: string; readonly colour: string }>> = {
  PASS: { sign: "✓", colour: "32" },
  FAIL: { sign: "✗", colour: "31;1" },
  ERROR: { sign: "!", colour: "33;1" },
  ABORTED: { sign: "–", colour: "2" },
};

const ESCAPE = "\u001b[";

/** The outcome with its sign, for example `✓ PASS`, in colour where the terminal shows colours. */
export function paintOutcome(outcome: Outcome, colours: boolean, width = 0): string {
  const { sign, colour } = LOOKS[outcome];
  const text = `${sign} ${outcome}`.padEnd(width);
  return colours ? `${ESCAPE}${colour}m${text}${ESCAPE}0m` : text;
}

/** Quiet text. */
export function paintQuiet(text: string, colours: boolean): string {
  return colours ? `${ESCAPE}2m${text}${ESCAPE}0m` : text;
}

/** The number of characters that a text takes on the screen. */
export function shownLength(text: string): number {
  // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "").length;
}
