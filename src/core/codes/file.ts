import type { CodeTable } from "../error-code.ts";

/** Codes of file. */
export const FILE_CODES = {} as const satisfies CodeTable;
