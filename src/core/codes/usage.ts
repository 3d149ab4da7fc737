import type { CodeTable } from "../error-code.ts";

/** Codes of the command line. */
export const USAGE_CODES = {
  "usage.command": {
    blame: "input",
    retry: false,
    advice: "Run `station help` for the commands.",
  },
  "usage.option": {
    blame: "input",
    retry: false,
    advice: "Run `station help COMMAND` for its options.",
  },
} as const satisfies CodeTable;
