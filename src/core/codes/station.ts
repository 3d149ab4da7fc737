import type { CodeTable } from "../error-code.ts";

/** Codes of the station core and of every layer's last resort. */
export const STATION_CODES = {
  "station.internal": {
    blame: "station",
    retry: false,
    advice: "The station made a mistake: run the slot again, and report the code and facts to the maintainers.",
  },
  "station.aborted": {
    blame: "person",
    retry: true,
    advice: "The run was stopped: start the slot again when the line is ready.",
  },
} as const satisfies CodeTable;
