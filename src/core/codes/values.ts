import type { CodeTable } from "../error-code.ts";

/** Codes of the units' own values: rows of a recipe's value file, each for one unit. */
export const VALUES_CODES = {
  "values.exhausted": {
    blame: "input",
    retry: false,
    advice: "All rows of the recipe's value file are used: add rows to it, load the recipe again, then run the unit.",
  },
  "values.no-row": {
    blame: "input",
    retry: false,
    advice:
      "The recipe's value file has no row for this unit: scan the right label, or add its row and load the recipe again.",
  },
  "values.no-serial": {
    blame: "input",
    retry: true,
    advice: "The recipe finds a unit's values by its board serial: scan the label, then start the slot again.",
  },
  "values.row-taken": {
    blame: "input",
    retry: false,
    advice:
      "Another unit has used the row of this label: check that no label was printed or scanned twice; a row serves one unit only.",
  },
  "values.other-label": {
    blame: "input",
    retry: false,
    advice:
      "The unit got its values under another label before: check that the right label was scanned, or put the unit aside.",
  },
  "values.row-changed": {
    blame: "input",
    retry: false,
    advice:
      "The unit's row is not what it was when the unit got it: put the old row back into the value file, then run the unit again.",
  },
  "values.not-handed-over": {
    blame: "station",
    retry: true,
    advice: "The unit's values did not reach its slot: run the slot again, and report the facts to the maintainers.",
  },
  "values.unfilled": {
    blame: "input",
    retry: false,
    advice: "The recipe uses a value that this unit does not have: correct the recipe, or scan the board's label.",
  },
  "values.used": {
    blame: "station",
    retry: true,
    advice: "The record says that the row belongs to another unit: run the slot again for a row of its own.",
  },
} as const satisfies CodeTable;
