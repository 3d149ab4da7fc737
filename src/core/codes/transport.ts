import type { CodeTable } from "../error-code.ts";

/** Codes of transport. */
export const TRANSPORT_CODES = {} as const satisfies CodeTable;
