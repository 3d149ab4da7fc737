import { genesis } from "../audit/chain.ts";
import type { FindingKind } from "../contract/line-finding.ts";
import type { Finding } from "./finding.ts";

/** Who a station is, as position 0 of its subject tells. */
export type Identity = {
  readonly createdAt: string;
  /** The public JWK as canonical JSON. */
  readonly publicKey: string;
  /** RFC 7638 thumbprint of the key. */
  readonly thumbprint: string;
};

/** How far the chain of a station has come, and how far it holds. */
export type ChainState = {
  readonly station: string;
  /** What people call it; its identity until it tells. */
  readonly name: string;
  readonly identity: Identity | undefined;
  /** All of the chain holds up to here: every row is there, has its digest and follows the one before. */
  readonly position: number;
  /** Digest of the row there; of the station at 0; undefined while its identity has not come. */
  readonly hash: string | undefined;
  /** The highest position that has come. */
  readonly top: number;
  readonly heads: number;
  /** The newest position under a signature of the station's key. */
  readonly signedUpTo: number;
  readonly lastBatchEnd: number;
  /** Time of the newest event. */
  readonly lastAt: string | undefined;
};

/** A station that nothing is known of. */
export function unknownStation(station: string): ChainState {
  return {
    ...{ station, name: station, identity: undefined, position: 0, hash: undefined, top: 0 },
    ...{ heads: 0, signedUpTo: 0, lastBatchEnd: 0, lastAt: undefined },
  };
}

/** The state once the station has told who it is. */
export function identified(state: ChainState, identity: Identity): ChainState {
  const { createdAt, publicKey } = identity;
  return { ...state, identity, hash: genesis({ id: state.station, createdAt, publicKey }) };
}

/** What is said of a station as a whole. */
export type StationVerdict =
  { readonly kind: "good" } | { readonly kind: FindingKind; readonly position: number; readonly what: string };

/** The verdict: the first finding that is not settled, else that all is good. */
export function verdictOf(open: readonly Finding[]): StationVerdict {
  let first: Finding | undefined;
  for (const finding of open) if (first === undefined || finding.position < first.position) first = finding;
  return first === undefined ? { kind: "good" } : { kind: first.kind, position: first.position, what: first.what };
}
