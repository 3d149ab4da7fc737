import type { Publication, Verified, Withdrawal } from "../../contract/line-publication.ts";

/** A document with the bytes that came with it, all of them as they were signed. */
export type FetchedDocument = {
  readonly verified: Verified<Publication>;
  /** By path: the carried files. */
  readonly files: ReadonlyMap<string, Uint8Array>;
};

/** Where a station keeps its copies of the line's documents. */
export interface DocumentKeeper {
  /** Whether the copy is there, whole and as it was signed by this publisher. */
  has(verified: Verified<Publication>): Promise<boolean>;
  /** Whether the withdrawal is known. */
  hasWithdrawal(verified: Verified<Withdrawal>): Promise<boolean>;
  /** Keeps a copy; in place of a damaged one. Resolves when it is on the disk. */
  keep(document: FetchedDocument): Promise<void>;
  /** Keeps a withdrawal for ever. */
  keepWithdrawal(verified: Verified<Withdrawal>): Promise<void>;
}
