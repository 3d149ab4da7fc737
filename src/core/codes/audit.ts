import type { CodeTable } from "../error-code.ts";

/** Codes of audit. */
export const AUDIT_CODES = {} as const satisfies CodeTable;
