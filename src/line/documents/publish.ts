import type { Publication, PublishedFile, PublishedKind, Withdrawal } from "../../contract/line-publication.ts";
import { isoTime } from "../../core/iso-time.ts";
import type { Clock } from "../../core/clock.ts";
import { DOCUMENT_KEYS, type DocumentBucket } from "./document-bucket.ts";
import { documentSha256, sha256Hex } from "./document-digest.ts";
import type { PublisherKey } from "./publisher-key.ts";

/** A file of a document that is about to be published. */
export type DraftFile = {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Whether the line gets its bytes, or stations have the file already. */
  readonly carried: boolean;
};

/** A document that is about to be published. */
export type DraftDocument = {
  readonly kind: PublishedKind;
  readonly name: string;
  readonly revision: string;
  readonly files: readonly DraftFile[];
  readonly ownValues?: true;
};

/** What an engineer signs for a document. */
export function publicationOf({ files, ...draft }: DraftDocument, at: string): Publication {
  const listed = files.map(listedFile).toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const sha256 = documentSha256(draft.kind, listed);
  return { schema: 1, statement: "publication", ...draft, sha256, files: listed, at };
}

function listedFile({ path, bytes, carried }: DraftFile): PublishedFile {
  return { path, sha256: sha256Hex(bytes), length: bytes.length, carried };
}

/**
 * Signs a document and puts it on the line: its files first, so that whoever sees it finds them. Harmless when repeated.
 * @throws StationError line.document-invalid, and of the bucket
 */
export async function publishDocument(
  draft: DraftDocument,
  key: PublisherKey,
  bucket: DocumentBucket,
  clock: Clock,
): Promise<Publication> {
  const publication = publicationOf(draft, isoTime(clock.now()));
  const jws = await key.sign(publication);
  for (const { bytes } of draft.files.filter(({ carried }) => carried))
    await bucket.put(DOCUMENT_KEYS.file(sha256Hex(bytes)), bytes);
  await bucket.put(DOCUMENT_KEYS.publication(publication.sha256, key.thumbprint), Buffer.from(jws, "ascii"));
  return publication;
}

/** Takes a document back. Harmless when repeated. @throws StationError of the bucket */
export async function withdrawDocument(
  { sha256, reason }: Pick<Withdrawal, "sha256" | "reason">,
  key: PublisherKey,
  bucket: DocumentBucket,
  clock: Clock,
): Promise<Withdrawal> {
  const at = isoTime(clock.now());
  const withdrawal: Withdrawal = { schema: 1, statement: "withdrawal", sha256, reason, at };
  const jws = await key.sign(withdrawal);
  await bucket.put(DOCUMENT_KEYS.withdrawal(sha256, key.thumbprint), Buffer.from(jws, "ascii"));
  return withdrawal;
}
