import type { CodeTable } from "../error-code.ts";

/** Codes of provisioning. */
export const PROVISIONING_CODES = {} as const satisfies CodeTable;
