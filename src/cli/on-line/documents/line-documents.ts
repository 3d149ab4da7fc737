import { resolve } from "node:path";
import type { ResolvedLine } from "../../../contract/line-file.ts";
import type { Publication, Verified } from "../../../contract/line-publication.ts";
import { StationError } from "../../../core/error.ts";
import { readCatalogue, type LineCatalogue } from "../../../line/documents/fetch-documents.ts";
import { openDocumentBucket } from "../../../line/documents/line-bucket.ts";
import type { DocumentBucket } from "../../../line/documents/document-bucket.ts";
import { PublisherTrust } from "../../../line/documents/publisher-trust.ts";
import type { Line, LineSession } from "../../../line/connect-line.ts";
import { publishedId } from "../../../station/published/published-id.ts";
import { PublishedShelf } from "../../../station/published/published-shelf.ts";
import { copiesFolder } from "../../copies-folder.ts";
import { required } from "../../arguments.ts";
import type { Arguments, CommandContext } from "../../command.ts";

/** The bucket of the line's documents. @throws StationError line.* */
export function bucketOf(session: LineSession, line: Line, { clock, signal }: CommandContext): Promise<DocumentBucket> {
  return openDocumentBucket(session, { clock, limit: line.requestLimit, signal });
}

/** The copies of a station: `--copies DIR`, else the folder `line` beside the line file; and whom the station trusts. */
export async function shelfOf(
  args: Arguments,
  { documents }: ResolvedLine,
): Promise<{ readonly shelf: PublishedShelf; readonly trust: PublisherTrust }> {
  const trust = await PublisherTrust.of(documents.trust);
  const folder = args.value("copies");
  const root = folder === undefined ? copiesFolder(resolve(required(args, "line"))) : resolve(folder);
  return { shelf: new PublishedShelf(root, (jws) => trust.verify(jws)), trust };
}

/** What trusted publishers have put on the line. @throws StationError line.* */
export async function catalogueOf(bucket: DocumentBucket, trust: PublisherTrust): Promise<LineCatalogue> {
  return readCatalogue(bucket, trust);
}

/** Whether a person means this document: by its name on stations, or its digest, whole or from the start (8 digits or more). */
export function isMeant(publication: Publication, text: string): boolean {
  return publishedId(publication) === text || (/^[0-9a-f]{8,64}$/.test(text) && publication.sha256.startsWith(text));
}

/** The one document that a person means. @throws StationError line.document-missing, usage.option where several fit */
export function meantOf(catalogue: LineCatalogue, text: string): Verified<Publication> {
  const found = catalogue.publications.filter(({ statement }) => isMeant(statement, text));
  const [first] = found;
  const facts = { document: text.slice(0, 80) };
  if (first === undefined) throw new StationError("line.document-missing", "there is no such document", facts);
  if (new Set(found.map(({ statement }) => statement.sha256)).size > 1)
    throw new StationError("usage.option", "several documents begin like this", facts);
  return first;
}
