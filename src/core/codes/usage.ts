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
  "cli.folder": {
    blame: "input",
    retry: false,
    advice: "The folder cannot be made or written: check its name, its permissions and the free space.",
  },
  "cli.child-refused": {
    blame: "input",
    retry: false,
    advice: "A helper process refused what it was given: read the lines above and correct the options.",
  },
  "cli.child-failed": {
    blame: "station",
    retry: true,
    advice: "A helper process did not start: read the lines above, check that its ports are free, and start again.",
  },
} as const satisfies CodeTable;
