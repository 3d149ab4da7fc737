import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { openAuditStore } from "../../../audit/open-audit-store.ts";
import type { LineDocumentEvent } from "../../../contract/line-document-event.ts";
import type { Publication } from "../../../contract/line-publication.ts";
import { asStationError, describeError, StationError } from "../../../core/error.ts";
import { STATION_VERSION } from "../../../core/version.ts";
import { syncDocuments } from "../../../line/documents/document-sync.ts";
import type { RefusedEntry } from "../../../line/documents/fetch-documents.ts";
import { readBytes } from "../../../station/files/text-file.ts";
import { LARGEST_VALUES } from "../../../station/files/value-file.ts";
import { publishedId } from "../../../station/published/published-id.ts";
import type { PublishedCopy, PublishedShelf } from "../../../station/published/published-shelf.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../../command.ts";
import { table } from "../../output/table.ts";
import { withLine } from "../with-line.ts";
import { isMeant, shelfOf } from "./line-documents.ts";

type Note = (event: LineDocumentEvent) => Promise<void>;

/** `station line fetch [ID]`: brings this station's copies up to date, or fetches one document. */
export async function run(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const [, document] = args.positionals;
  const wanted = (publication: Publication): boolean => document === undefined || isMeant(publication, document);
  const { shelf, refused } = await recording(args, context, (record) =>
    withLine(args, context, async (_session, line) => {
      const { shelf: copies, trust } = await shelfOf(args, line.settings);
      const parts = { line, trust, keeper: copies, clock: context.clock, ...(record === undefined ? {} : { record }) };
      const fetched = await syncDocuments(parts, line.requestLimit, { wanted, signal: context.signal });
      return { shelf: copies, refused: fetched.refused };
    }),
  );
  const copies = (await shelf.copies()).filter(({ verified }) => wanted(verified.statement));
  if (document !== undefined && copies.length === 0)
    throw new StationError("line.document-missing", "there is no such document", { document: document.slice(0, 80) });
  const files = args.value("files");
  if (files !== undefined)
    for (const copy of copies) await shelf.keep(await withStayingFiles(shelf, copy, resolve(files)));
  await tell(shelf, copies, refused, args, context);
  return EXIT.passed;
}

/** Calls `work` with what writes into the chain of `--audit FILE`, where there is one. */
async function recording<T>(
  args: Arguments,
  { clock }: CommandContext,
  work: (record: Note | undefined) => Promise<T>,
): Promise<T> {
  const file = args.value("audit");
  if (file === undefined) return work(undefined);
  const program = "station";
  const { store } = await openAuditStore({
    file: resolve(file),
    clock,
    random: randomBytes,
    version: STATION_VERSION,
    program,
  });
  try {
    return await work((event) => store.line.note(event));
  } finally {
    await store.close();
  }
}

/** The copy with those of its own files that lie in a folder of this computer. */
async function withStayingFiles(shelf: PublishedShelf, copy: PublishedCopy, folder: string) {
  const files = new Map(await shelf.read(copy));
  for (const { path, carried } of copy.verified.statement.files) {
    if (carried || files.has(path)) continue;
    const bytes = await readBytes(join(folder, ...path.split("/")), LARGEST_VALUES).catch(() => undefined);
    if (bytes !== undefined) files.set(path, bytes);
  }
  return { verified: copy.verified, files };
}

async function tell(
  shelf: PublishedShelf,
  copies: readonly PublishedCopy[],
  refused: readonly RefusedEntry[],
  args: Arguments,
  context: CommandContext,
): Promise<void> {
  const listed = [];
  for (const copy of copies) {
    const { kind, name, revision, sha256 } = copy.verified.statement;
    const error = await shelf.requireSound(copy).then(
      () => undefined,
      (cause: unknown) => asStationError(cause),
    );
    const problem = error === undefined ? null : { code: error.code, what: error.message, facts: error.facts };
    listed.push({ id: publishedId(copy.verified.statement), kind, name, revision, sha256, file: copy.path, problem });
  }
  if (args.flag("json")) {
    const shown = refused.map(({ key, error }) => ({ key, code: error.code, what: error.message }));
    context.out(`${JSON.stringify({ documents: listed, refused: shown })}\n`);
    return;
  }
  const rows = listed.map(({ id, revision, file, problem }) => [id, revision, file, problem?.what ?? ""]);
  context.out(table([["id", "revision", "file", ""], ...rows]));
  for (const { key, error } of refused) context.err(`${key}: ${describeError(error)}\n`);
}
