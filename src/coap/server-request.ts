/** A whole request as a server's handler sees it. */
export type CoapRequestIn = {
  /** `0.01` GET, `0.02` POST and so on. */
  readonly code: string;
  /** The segments of the path. */
  readonly path: readonly string[];
  /** The query's parts, in order: `after=`. */
  readonly query: readonly string[];
  readonly contentFormat: number | undefined;
  readonly accept: number | undefined;
  readonly payload: Uint8Array;
};

/** What a handler answers. */
export type CoapReply = {
  /** `2.05` and so on. */
  readonly code: string;
  readonly contentFormat?: number;
  readonly payload?: Uint8Array;
};

export type CoapHandler = (request: CoapRequestIn) => Promise<CoapReply> | CoapReply;
