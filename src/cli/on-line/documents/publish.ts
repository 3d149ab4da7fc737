import { resolve } from "node:path";
import { StationError } from "../../../core/error.ts";
import { publishDocument } from "../../../line/documents/publish.ts";
import { PublisherTrust } from "../../../line/documents/publisher-trust.ts";
import { draftDocument, type DraftedDocument } from "../../../station/published/draft-document.ts";
import { publishedId } from "../../../station/published/published-id.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../../command.ts";
import { withLine } from "../with-line.ts";
import { bucketOf } from "./line-documents.ts";
import { publisherOf } from "./publisher.ts";

/** `station line publish FILE`: signs a recipe or fixture and puts it on the line. */
export async function run(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const [, file] = args.positionals;
  if (file === undefined) throw new StationError("usage.option", "publish needs the file of a recipe or fixture", {});
  const key = await publisherOf(args, context);
  const draft = await draftOf(resolve(file), args, context);
  const publication = await withLine(args, context, async (session, line) => {
    const trust = await PublisherTrust.of(line.settings.documents.trust);
    if (!trust.publishers.includes(key.thumbprint))
      context.err(
        "this key is not among those that the line file trusts: stations with this file will not take the document\n",
      );
    return publishDocument(draft, key, await bucketOf(session, line, context), context.clock);
  });
  const { kind, name, revision, sha256, files } = publication;
  const stays = files.filter(({ carried }) => !carried).map(({ path }) => path);
  const facts = { kind, name, revision, sha256, id: publishedId(publication), publisher: key.thumbprint, stays };
  if (args.flag("json")) context.out(`${JSON.stringify(facts)}\n`);
  else context.out(`${kind} ${name}, revision ${revision}\nid      ${facts.id}\nsha256  ${sha256}\n`);
  if (!args.flag("json") && stays.length > 0)
    context.out(`signed, but not sent (lay them beside each station's copy): ${stays.join(", ")}\n`);
  return EXIT.passed;
}

function draftOf(file: string, args: Arguments, { environment }: CommandContext): Promise<DraftedDocument> {
  const revision = args.value("revision");
  return draftDocument(file, {
    environment,
    ownValues: args.flag("own-values"),
    ...(revision === undefined ? {} : { revision }),
  });
}
