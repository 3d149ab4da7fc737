import type { AuditStore } from "../../../audit/audit-store.ts";
import type { ResolvedLine } from "../../../contract/line-file.ts";
import { describeError, StationError } from "../../../core/error.ts";
import type { Line } from "../../../line/connect-line.ts";
import { freshenCopies } from "../../../line/documents/fresh-copies.ts";
import { PublisherTrust } from "../../../line/documents/publisher-trust.ts";
import { DocumentGuard, type StartGuard } from "../../../station/published/document-guard.ts";
import { PublishedShelf } from "../../../station/published/published-shelf.ts";
import type { CommandContext } from "../../command.ts";
import { copiesFolder } from "../../copies-folder.ts";

/** What a line file says of documents, and where it lies. */
export type GuardOrder = { readonly file: string; readonly settings: Pick<ResolvedLine, "documents"> };

/**
 * Lets a station start what the engineers of its line have signed. Before each start the copies beside the line file (folder `line`)
 * are brought up to date, within the limit of one request; what is there counts when the line is away.
 * @throws StationError line.publisher-key
 */
export async function documentGuard(
  { file, settings }: GuardOrder,
  store: Pick<AuditStore, "line">,
  context: CommandContext,
): Promise<(line: Line) => StartGuard> {
  const { require, trust: keys } = settings.documents;
  const trust = await PublisherTrust.of(keys);
  const shelf = new PublishedShelf(copiesFolder(file), (jws) => trust.verify(jws));
  const guard = new DocumentGuard(shelf, { require });
  const { clock, signal } = context;
  const parts = { trust, keeper: shelf, clock, record: store.line.note.bind(store.line) };
  return (line) => ({
    requireCovered: async (files) => {
      const fresh = await freshenCopies({ ...parts, line }, signal);
      if (fresh instanceof StationError)
        context.err(`the line's documents are as they were: ${describeError(fresh)}\n`);
      else
        for (const { key, error } of fresh.refused)
          context.err(`document ${key} is not taken: ${describeError(error)}\n`);
      await guard.requireCovered(files);
    },
  });
}
