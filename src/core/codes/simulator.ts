import type { CodeTable } from "../error-code.ts";

/** Codes of simulator. */
export const SIMULATOR_CODES = {} as const satisfies CodeTable;
