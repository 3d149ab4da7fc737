import type { CodeTable } from "../error-code.ts";

/** Codes of run. */
export const RUN_CODES = {} as const satisfies CodeTable;
