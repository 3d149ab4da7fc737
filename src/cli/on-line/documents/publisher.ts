import { resolve } from "node:path";
import { StationError } from "../../../core/error.ts";
import { Secret } from "../../../core/secret.ts";
import { readPublisherKey, type PublisherKey } from "../../../line/documents/publisher-key.ts";
import { required } from "../../arguments.ts";
import type { Arguments, CommandContext } from "../../command.ts";

/** The engineer's key of `--key FILE`. @throws StationError usage.option, line.publisher-key */
export async function publisherOf(args: Arguments, context: CommandContext): Promise<PublisherKey> {
  return readPublisherKey(resolve(required(args, "key")), passphraseOf(args, context));
}

/** What the variable of `--passphrase-env` holds. @throws StationError line.publisher-key when it is not set */
export function passphraseOf(args: Arguments, { environment }: CommandContext): Secret | undefined {
  const variable = args.value("passphrase-env");
  if (variable === undefined) return undefined;
  const text = Object.hasOwn(environment, variable) ? environment[variable] : undefined;
  if (text !== undefined && text !== "") return new Secret(text);
  throw new StationError("line.publisher-key", "the environment variable with the passphrase is not set", { variable });
}
