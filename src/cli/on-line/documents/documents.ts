import { publishedId } from "../../../station/published/published-id.ts";
import { describeError } from "../../../core/error.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../../command.ts";
import { table } from "../../output/table.ts";
import { withLine } from "../with-line.ts";
import { bucketOf, catalogueOf, shelfOf } from "./line-documents.ts";

/** `station line documents`: what is published on the line, and what of it this station has. */
export async function run(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const { documents, refused } = await withLine(args, context, async (session, line) => {
    const { shelf, trust } = await shelfOf(args, line.settings);
    const catalogue = await catalogueOf(await bucketOf(session, line, context), trust);
    const gone = new Map(catalogue.withdrawals.map(({ statement }) => [statement.sha256, statement.reason]));
    const listed = [];
    for (const verified of catalogue.publications) {
      const { kind, name, revision, sha256, at } = verified.statement;
      const withdrawn = gone.get(sha256) ?? null;
      const here = await shelf.has(verified);
      listed.push({
        ...{ id: publishedId(verified.statement), kind, name, revision, sha256, at },
        ...{ publisher: verified.publisher, withdrawn, here },
      });
    }
    return { documents: listed, refused: catalogue.refused };
  });
  if (args.flag("json")) {
    const shown = refused.map(({ key, error }) => ({ key, code: error.code, what: error.message }));
    context.out(`${JSON.stringify({ documents, refused: shown })}\n`);
    return EXIT.passed;
  }
  const rows = documents.map(({ id, kind, name, revision, at, withdrawn, here }) => [
    ...[id, kind, name, revision, at, withdrawn === null ? (here ? "here" : "") : `withdrawn: ${withdrawn}`],
  ]);
  context.out(table([["id", "kind", "name", "revision", "published", ""], ...rows]));
  for (const { key, error } of refused) context.err(`${key}: ${describeError(error)}\n`);
  return EXIT.passed;
}
