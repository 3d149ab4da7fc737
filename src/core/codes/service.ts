import type { CodeTable } from "../error-code.ts";

/** Codes of service. */
export const SERVICE_CODES = {} as const satisfies CodeTable;
