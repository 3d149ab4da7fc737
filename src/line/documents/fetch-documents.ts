import { MAIN_FILE, type Publication, type Verified, type Withdrawal } from "../../contract/line-publication.ts";
import { asStationError, StationError } from "../../core/error.ts";
import { DOCUMENT_KEYS, type BucketEntry, type DocumentBucket } from "./document-bucket.ts";
import { sha256Hex } from "./document-digest.ts";
import type { DocumentKeeper } from "./document-keeper.ts";
import type { PublisherTrust } from "./publisher-trust.ts";

/** Something on the line that this station does not take. */
export type RefusedEntry = { readonly key: string; readonly error: StationError };

/** What the line has, as far as trusted publishers have signed it. */
export type LineCatalogue = {
  readonly publications: readonly Verified<Publication>[];
  readonly withdrawals: readonly Verified<Withdrawal>[];
  readonly refused: readonly RefusedEntry[];
};

/** Reads and verifies every statement on the line. @throws StationError of the bucket */
export async function readCatalogue(bucket: DocumentBucket, trust: PublisherTrust): Promise<LineCatalogue> {
  const entries = [
    ...(await bucket.entries(DOCUMENT_KEYS.publications)),
    ...(await bucket.entries(DOCUMENT_KEYS.withdrawals)),
  ];
  const publications: Verified<Publication>[] = [];
  const withdrawals: Verified<Withdrawal>[] = [];
  const refused: RefusedEntry[] = [];
  for (const entry of entries) {
    try {
      const { statement, ...rest } = await statementUnder(entry, trust);
      if (statement.statement === "publication") publications.push({ ...rest, statement });
      else withdrawals.push({ ...rest, statement });
    } catch (error) {
      refused.push({ key: entry.key, error: asStationError(error) });
    }
  }
  return { publications, withdrawals, refused };
}

/** A statement counts under its own key only: one that stands elsewhere was put there by somebody else. */
async function statementUnder({ key, value }: BucketEntry, trust: PublisherTrust): Promise<Verified> {
  const verified = await trust.verify(Buffer.from(value).toString("latin1"));
  const { statement, publisher } = verified;
  if (key === DOCUMENT_KEYS[statement.statement](statement.sha256, publisher)) return verified;
  throw new StationError("line.document-signature", "the statement stands under a key that is not its own", {
    ...{ key: key.slice(0, 200), publisher },
  });
}

/** What a station has got from the line. */
export type Fetched = {
  /** Documents that were not here before, or not whole. */
  readonly fetched: readonly Verified<Publication>[];
  /** Withdrawals that were not known here before. */
  readonly withdrawn: readonly Verified<Withdrawal>[];
  readonly refused: readonly RefusedEntry[];
};

/** Which of the line's documents are fetched; default: all that were not withdrawn. */
export type Wanted = (publication: Publication) => boolean;

/**
 * Brings a station's copies up to date: withdrawals first, then documents that are wanted, signed by somebody it trusts, and not
 * withdrawn. What cannot be taken is told, and keeps nothing else from being taken.
 * @throws StationError of the bucket and the keeper; what was kept before stays
 */
export async function fetchDocuments(
  bucket: DocumentBucket,
  trust: PublisherTrust,
  keeper: DocumentKeeper,
  wanted: Wanted = () => true,
): Promise<Fetched> {
  const catalogue = await readCatalogue(bucket, trust);
  const withdrawn: Verified<Withdrawal>[] = [];
  for (const withdrawal of catalogue.withdrawals) {
    if (await keeper.hasWithdrawal(withdrawal)) continue;
    await keeper.keepWithdrawal(withdrawal);
    withdrawn.push(withdrawal);
  }
  const fetched: Verified<Publication>[] = [];
  const refused = [...catalogue.refused];
  const gone = new Set(catalogue.withdrawals.map(({ statement }) => statement.sha256));
  for (const verified of catalogue.publications) {
    const { statement, publisher } = verified;
    if (gone.has(statement.sha256) || !wanted(statement) || (await keeper.has(verified))) continue;
    const files = await carriedFiles(bucket, statement);
    if (files instanceof StationError)
      refused.push({ key: DOCUMENT_KEYS.publication(statement.sha256, publisher), error: files });
    else {
      await keeper.keep({ verified, files });
      fetched.push(verified);
    }
  }
  return { fetched, withdrawn, refused };
}

/** The bytes that come with a document, or why they are not what was signed. */
async function carriedFiles(
  bucket: DocumentBucket,
  { files, kind, name }: Publication,
): Promise<ReadonlyMap<string, Uint8Array> | StationError> {
  const read = new Map<string, Uint8Array>();
  for (const { path, sha256, length, carried } of files) {
    if (!carried) continue;
    const bytes = await bucket.value(DOCUMENT_KEYS.file(sha256));
    if (bytes?.length !== length || sha256Hex(bytes) !== sha256) {
      const what =
        bytes === undefined ? "the line does not have a file of the document" : "a file is not what was signed";
      const facts = { document: name, file: path, main: path === MAIN_FILE[kind] };
      return new StationError("line.document-changed", what, facts);
    }
    read.set(path, bytes);
  }
  return read;
}
