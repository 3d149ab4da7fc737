import { resolve } from "node:path";
import { makePublisherKey, publicFileOf } from "../../../line/documents/publisher-key.ts";
import { required } from "../../arguments.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../../command.ts";
import { passphraseOf } from "./publisher.ts";

/** `station line key`: makes an engineer's key for publishing. */
export async function run(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const file = resolve(required(args, "key"));
  const { thumbprint } = await makePublisherKey(file, passphraseOf(args, context));
  const facts = { publisher: thumbprint, key: file, public: publicFileOf(file) };
  if (args.flag("json")) context.out(`${JSON.stringify(facts)}\n`);
  else
    context.out(
      [
        `publisher  ${facts.publisher}`,
        `key        ${facts.key} (keep it to yourself)`,
        `public     ${facts.public} (name it under documents.trust in the stations' line files)`,
        "",
      ].join("\n"),
    );
  return EXIT.passed;
}
