import { StationError } from "../../../core/error.ts";
import { withdrawDocument } from "../../../line/documents/publish.ts";
import { PublisherTrust } from "../../../line/documents/publisher-trust.ts";
import { required } from "../../arguments.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../../command.ts";
import { withLine } from "../with-line.ts";
import { bucketOf, catalogueOf, meantOf } from "./line-documents.ts";
import { publisherOf } from "./publisher.ts";

/** `station line withdraw ID`: takes a published document back. */
export async function run(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const [, document] = args.positionals;
  if (document === undefined) throw new StationError("usage.option", "withdraw needs a document's id or SHA-256", {});
  const reason = required(args, "reason");
  const key = await publisherOf(args, context);
  const facts = await withLine(args, context, async (session, line) => {
    const bucket = await bucketOf(session, line, context);
    const trust = await PublisherTrust.of(line.settings.documents.trust);
    const { statement } = meantOf(await catalogueOf(bucket, trust), document);
    await withdrawDocument({ sha256: statement.sha256, reason }, key, bucket, context.clock);
    const { kind, name, revision, sha256 } = statement;
    return { kind, name, revision, sha256, reason, publisher: key.thumbprint };
  });
  if (args.flag("json")) context.out(`${JSON.stringify(facts)}\n`);
  else context.out(`withdrawn: ${facts.kind} ${facts.name}, revision ${facts.revision}\n`);
  return EXIT.passed;
}
