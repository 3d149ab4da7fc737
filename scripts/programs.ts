import type { Entries } from "./bundle.ts";

/** What starts as a process or thread of its own, and the desktop's main process. */
export const PROGRAMS: Entries = {
  main: "main/app.ts",
  "service-helper": "main/training/service-helper.ts",
  "simulators-helper": "main/training/simulators-helper.ts",
  "ports-helper": "src/worker/ports-main.ts",
  worker: "src/worker/main.ts",
  "service-test": "src/probe/helper.ts",
  "history-thread": "src/audit/history-thread-entry.ts",
  "central-thread": "src/collect/read/central-thread-entry.ts",
};
