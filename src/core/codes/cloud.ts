import type { CodeTable } from "../error-code.ts";

/** Codes of cloud. */
export const CLOUD_CODES = {} as const satisfies CodeTable;
