import type { CodeTable } from "../error-code.ts";

/** Codes of the AT engine (src/modem). */
export const MODEM_CODES = {
  "at.timeout": {
    blame: "unit",
    retry: true,
    advice: "Check that the board is powered and seated in its slot, then run it again.",
  },
  "at.silent": {
    blame: "unit",
    retry: true,
    advice: "The modem does not answer: check power, cable and line speed, then run the slot again.",
  },
} as const satisfies CodeTable;
