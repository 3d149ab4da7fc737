import type { CodeTable } from "../error-code.ts";

/** Codes of who works at the station and what each may do. */
export const OPERATOR_CODES = {
  "desktop.not-allowed": {
    blame: "input",
    retry: false,
    advice: "Only an engineer may do this: ask one to sign in at the top of the window.",
  },
  "operators.signed-out": {
    blame: "input",
    retry: false,
    advice: "Nobody is signed in: sign in at the top of the window, then try again.",
  },
  "operators.pin": {
    blame: "input",
    retry: true,
    advice: "The PIN is not the one of this name: type it again, or ask an engineer for a new one.",
  },
  "operators.wait": {
    blame: "input",
    retry: true,
    advice: "The PIN of this name was wrong before: wait for the time shown, then type it again.",
  },
  "operators.unknown": {
    blame: "input",
    retry: false,
    advice: "No operator of this name or badge may sign in here: ask an engineer to enter or enable it.",
  },
  "operators.taken": {
    blame: "input",
    retry: false,
    advice: "Another operator has this name or badge already: choose another one.",
  },
  "operators.pin-needed": {
    blame: "input",
    retry: false,
    advice: "An engineer needs a PIN of 4 to 12 digits: enter one.",
  },
  "operators.first": {
    blame: "input",
    retry: false,
    advice: "The first name on the list must be an engineer with a PIN: enter an engineer first.",
  },
  "operators.last-engineer": {
    blame: "input",
    retry: false,
    advice: "The station needs one engineer who can sign in: enter or enable another engineer first.",
  },
  "operators.full": {
    blame: "input",
    retry: false,
    advice: "The list of operators is full: remove a name that is not used any more.",
  },
  "operators.kept": {
    blame: "station",
    retry: true,
    advice: "The list of operators could not be kept: check that the station may write to its data folder.",
  },
  "operators.file": {
    blame: "input",
    retry: false,
    advice:
      "The list of operators is damaged: put a good copy of operators.json into the data folder, or remove it to begin a new list.",
  },
} as const satisfies CodeTable;
