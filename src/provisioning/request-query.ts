import { cString } from "./at-string.ts";
import type { ProvisioningOptions } from "./options.ts";

/** Query values of the two fetch requests (protocol.md 5.2, 6.2). */
export type FetchQuery = {
  /** Id of the command executed last, empty if none. */
  readonly after: string;
  readonly rxMaxSize: number;
  readonly txMaxSize: number;
  /** Most commands in one list; absent in libraries before 3.1. */
  readonly limit?: number;
};

/** The versions that a device tells about itself. */
export type Versions = {
  /** Modem firmware: the text of `+CGMR`. */
  readonly mver: string;
  /** SDK version. */
  readonly cver: string;
};

/** The query values that the options and the memory mean. */
export function fetchQuery(options: ProvisioningOptions, latestId: string): FetchQuery {
  return {
    after: queryText(latestId, options),
    rxMaxSize: options.rxBufferBytes,
    txMaxSize: options.txBufferBytes,
    limit: options.records,
  };
}

/**
 * A text as it goes into a query. The library escapes nothing; ids and versions of real services and modems need none.
 * By default whatever could change the meaning of the request is escaped (RFC 3986), as both come from outside.
 */
export function queryText(text: string, options: ProvisioningOptions): string {
  const value = cString(text);
  return options.compatibility === "strict" ? value : value.replaceAll(/[^A-Za-z0-9._~:@!$'()*,;/-]/gu, escaped);
}

function escaped(character: string): string {
  const bytes = new TextEncoder().encode(character);
  return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}
