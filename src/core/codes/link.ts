import type { CodeTable } from "../error-code.ts";

/** Codes of serial and tcp ports (src/link). */
export const LINK_CODES = {
  "link.lost": {
    blame: "line",
    retry: true,
    advice: "The port disappeared: check cable and hub, reseat the board, then run the slot again.",
  },
} as const satisfies CodeTable;
