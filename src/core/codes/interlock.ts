import type { CodeTable } from "../error-code.ts";

/** Codes of units that stations of a line claim from each other (src/line). */
export const INTERLOCK_CODES = {
  "line.unit-elsewhere": {
    blame: "line",
    retry: true,
    advice:
      "Another station of the line works on this unit: wait until it has finished there, then run the slot again.",
  },
  "line.passed-before": {
    blame: "input",
    retry: false,
    advice:
      "This unit passed before at the station that the facts name: put it aside, or run it once more with the option again.",
  },
  "line.lease-late": {
    blame: "line",
    retry: true,
    advice:
      "The line could not be reached for too long, so the run was stopped before another station may take the unit: check the network, then run the slot again.",
  },
  "line.lease-lost": {
    blame: "line",
    retry: true,
    advice:
      "The line took the unit away from this station, so the run was stopped: check the clocks of the line's servers, then run the slot again.",
  },
  "line.lease-unreadable": {
    blame: "line",
    retry: false,
    advice:
      "What the line says about this unit cannot be read: bring all stations to one version, and keep other programs out of the line's buckets.",
  },
} as const satisfies CodeTable;
