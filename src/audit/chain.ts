import { hash } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";

/** One row of table `event` without its own digest. */
export type ChainRow = {
  /** 1, 2, 3 … without gaps. */
  readonly position: number;
  /** Run id and number within the run; `null` for what the station itself records. */
  readonly run: string | null;
  readonly seq: number | null;
  readonly type: string;
  readonly at: string;
  /** The event as canonical JSON. */
  readonly body: string;
  /** Digest of the row before; of the station for the first row. */
  readonly previous: string;
};

/** Type of the rows that hold a signed head. */
export const HEAD_TYPE = "chain.head";

/** SHA-256 of a text's UTF-8 bytes as lower-case hex. */
export function sha256Hex(text: string): string {
  return hash("sha256", text);
}

/**
 * The digest of a row: SHA-256 over its seven fields, each followed by a line feed, absent ones empty (docs/audit-format.md).
 * The canonical JSON holds no raw line feed, nor does any other field, so that the text can be read in one way only.
 */
export function hashRow(row: ChainRow): string {
  const { previous, position, run, seq, type, at, body } = row;
  return sha256Hex(`${previous}\n${position}\n${run ?? ""}\n${seq ?? ""}\n${type}\n${at}\n${body}\n`);
}

/** What the row of table `station` holds. */
export type StationRow = {
  readonly id: string;
  readonly createdAt: string;
  /** The public JWK as canonical JSON. */
  readonly publicKey: string;
};

/** What the first row of the chain has as `previous`: the digest of the station's row, so that this is covered too. */
export function genesis(station: StationRow): string {
  return sha256Hex(`${station.id}\n${station.createdAt}\n${station.publicKey}\n`);
}

/** What a signature covers: the chain up to `position`, and where it is made for an export, the manifest's digest. */
export type HeadClaim = {
  readonly station: string;
  readonly position: number;
  readonly hash: string;
  readonly at: string;
  readonly scope?: string;
};

/** The signed bytes of a claim: canonical JSON. */
export function claimText(claim: HeadClaim): string {
  return canonicalJson(claim);
}
