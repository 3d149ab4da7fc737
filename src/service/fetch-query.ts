/** What a device says about itself when it fetches (protocol.md 5.2), defaults filled in. */
export type FetchQuery = {
  /** Id of the command executed last; empty: none. */
  readonly after: string;
  /** Bytes. */
  readonly rxMaxSize: number;
  /** Bytes. */
  readonly txMaxSize: number;
  /** Commands in one list. */
  readonly limit: number;
  readonly modemFirmware?: string;
  readonly clientVersion?: string;
};

const DEFAULT_BUFFER = 2304;
const SMALLEST_BUFFER = 512;
const LARGEST_BUFFER = 65_536;
const DEFAULT_LIMIT = 10;
const LARGEST_LIMIT = 20;
const LONGEST_VERSION = 128;

/**
 * Reads the query leniently (protocol.md 6.4): any order, missing, repeated (the first counts), cut or implausible values fall
 * back to 2304 bytes and 10 commands. Values are not percent-decoded further than given: `after` goes unencoded on the wire.
 * @param parameters name and value in wire order
 */
export function parseFetchQuery(parameters: Iterable<readonly [name: string, value: string]>): FetchQuery {
  const first = new Map<string, string>();
  for (const [name, value] of parameters) if (!first.has(name)) first.set(name, value);
  const version = (name: string): string | undefined => printable(first.get(name));
  const modemFirmware = version("mver");
  const clientVersion = version("cver");
  return {
    after: first.get("after") ?? "",
    rxMaxSize: plausible(first.get("rxMaxSize"), SMALLEST_BUFFER, LARGEST_BUFFER, DEFAULT_BUFFER),
    txMaxSize: plausible(first.get("txMaxSize"), SMALLEST_BUFFER, LARGEST_BUFFER, DEFAULT_BUFFER),
    limit: plausible(first.get("limit"), 1, LARGEST_LIMIT, DEFAULT_LIMIT),
    ...(modemFirmware === undefined ? {} : { modemFirmware }),
    ...(clientVersion === undefined ? {} : { clientVersion }),
  };
}

function plausible(text: string | undefined, least: number, most: number, otherwise: number): number {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return otherwise;
  const value = Number(text);
  return value < least ? otherwise : Math.min(value, most);
}

function printable(text: string | undefined): string | undefined {
  return text !== undefined && /^[\x20-\x7e]+$/.test(text) ? text.slice(0, LONGEST_VERSION) : undefined;
}
