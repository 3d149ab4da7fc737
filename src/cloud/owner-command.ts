import type { RecipeCommand, RecipeCommandKind, SecretSource } from "../contract/recipe-command.ts";
import { signingOf, type SigningOrder } from "../contract/recipe-signing.ts";
import type { ResolvedRecipe } from "../contract/recipe.ts";
import { StationError } from "../core/error.ts";
import { Secret } from "../core/secret.ts";

/** A command of a recipe as the owner API takes it; `request` is JSON text with the key that names the kind. */
export type OwnerCommand = {
  readonly kind: RecipeCommandKind;
  readonly description: string;
  readonly request: Secret;
  /** The security tag on which the unit makes a signing request. */
  readonly makes?: number;
  /** What has to be signed before the command is whole. */
  readonly awaits?: SigningOrder;
};

/** Where the contents of a recipe come from. */
type Materials = Pick<ResolvedRecipe, "files" | "secrets">;

/** The most commands that one unit may have queued at a time (peers.md 4.1). */
export const QUEUE_LIMIT = 20;

/**
 * The recipe's commands as the owner API takes them, in order.
 * @throws StationError cloud.material-missing when a file or secret of the recipe was not handed over
 */
export function ownerCommands(recipe: ResolvedRecipe): readonly OwnerCommand[] {
  return recipe.recipe.commands.map((command, index) => ({
    kind: command.kind,
    description: `${recipe.recipe.product} ${recipe.recipe.revision} #${index + 1}`,
    request: new Secret(JSON.stringify({ [command.kind]: optionsOf(command, recipe) })),
    ...signingFacts(command),
  }));
}

/** What of a command is about requests that are signed between two portions of the queue. */
export function signingFacts(command: RecipeCommand): Pick<OwnerCommand, "makes" | "awaits"> {
  const awaits = signingOf(command);
  if (awaits !== undefined) return { awaits };
  return command.kind === "certificateSigningRequest" ? { makes: command.options.secTag } : {};
}

function optionsOf(command: RecipeCommand, from: Materials): unknown {
  switch (command.kind) {
    case "certificateSigningRequest":
    case "cloudAccessKeyGeneration":
    case "clientPrivateKeyGeneration":
    case "endorsementKeyGeneration":
    case "atCommand":
    case "config":
    case "finished":
      return command.options;
    case "clientCertificate":
      if ("signedBy" in command.options) return { secTag: command.options.secTag };
      return { secTag: command.options.secTag, content: secretOf(command.options, from) };
    case "serverCertificate":
      return { secTag: command.options.secTag, content: secretOf(command.options, from) };
    case "clientPrivateKey":
      return privateKey(command.options, from);
    case "preSharedKey": {
      const { secTag, identity, key } = command.options;
      return { secTag, identity, secret: secretOf(key, from).trim() };
    }
  }
}

type PrivateKeyOptions = Extract<RecipeCommand, { kind: "clientPrivateKey" }>["options"];

function privateKey(options: PrivateKeyOptions, from: Materials): unknown {
  const content = secretOf(options.key, from);
  if (options.password === undefined) return { secTag: options.secTag, content };
  return { secTag: options.secTag, content, password: secretOf(options.password, from).replace(/[\r\n]+$/, "") };
}

function fileOf(path: string, from: Materials): string {
  const file = Object.hasOwn(from.files, path) ? from.files[path] : undefined;
  if (file !== undefined) return file.content;
  throw new StationError("cloud.material-missing", "a file of the recipe was not handed over", { file: path });
}

/** The text of a file or secret of the recipe. @throws StationError cloud.material-missing */
function secretOf(source: SecretSource, from: Materials): string {
  if ("file" in source) return fileOf(source.file, from);
  if ("column" in source)
    throw new StationError("cloud.material-missing", "a value of the unit was not handed over", {
      column: source.column,
    });
  const text = Object.hasOwn(from.secrets, source.env) ? from.secrets[source.env] : undefined;
  if (text !== undefined) return text;
  throw new StationError("cloud.material-missing", "a secret of the recipe was not handed over", {
    variable: source.env,
  });
}
