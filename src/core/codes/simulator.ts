import type { CodeTable } from "../error-code.ts";

/** Codes of the modem simulators (src/simulator). */
export const SIMULATOR_CODES = {
  "simulator.bad-fault": {
    blame: "input",
    retry: false,
    advice: "Write the fault as SLOT=KIND[:NUMBER][@MOMENT][*TIMES] with a kind and a moment of the documented list.",
  },
  "simulator.bad-option": {
    blame: "input",
    retry: false,
    advice: "Correct the named simulator option to a value within its limits.",
  },
  "simulator.port-taken": {
    blame: "station",
    retry: true,
    advice: "Choose another first port for the simulators, or stop the program that uses this one.",
  },
  "simulator.storage": {
    blame: "input",
    retry: false,
    advice:
      "Check that the simulators' folder can be read and written, or remove the named file to start with blank boards.",
  },
} as const satisfies CodeTable;
