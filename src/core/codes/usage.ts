import type { CodeTable } from "../error-code.ts";

/** Codes of usage. */
export const USAGE_CODES = {} as const satisfies CodeTable;
