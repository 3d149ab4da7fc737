/** What stands under a key of the line's documents. */
export type BucketEntry = { readonly key: string; readonly value: Uint8Array };

/**
 * The line's published documents as values by key. Every call ends within the line's limit of a request.
 * Both reading and writing throw StationError line.away, line.refused, line.not-set-up.
 */
export interface DocumentBucket {
  /** The newest values of all keys that begin with these words: `publication`. */
  entries(prefix: string): Promise<readonly BucketEntry[]>;
  /** The value of a key; undefined: there is none. */
  value(key: string): Promise<Uint8Array | undefined>;
  put(key: string, value: Uint8Array): Promise<void>;
  /** A number that is another one after every change. */
  revision(): Promise<number>;
}

/** The keys of the bucket. A statement's key names its signer, so that nobody takes the place of another's. */
export const DOCUMENT_KEYS = {
  publications: "publication",
  withdrawals: "withdrawal",
  publication: (sha256: string, publisher: string): string => `publication.${sha256}.${publisher}`,
  withdrawal: (sha256: string, publisher: string): string => `withdrawal.${sha256}.${publisher}`,
  file: (sha256: string): string => `file.${sha256}`,
} as const;
