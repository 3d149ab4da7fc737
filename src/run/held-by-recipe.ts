import type { RecipeCommand, SecretSource } from "../contract/recipe-command.ts";
import { expectedCommands, type ResolvedRecipe } from "../contract/recipe.ts";
import type { Sha256 } from "../core/digest.ts";
import { placeholdersOf } from "../core/placeholder.ts";
import { encodeWireText } from "../core/wire-text.ts";
import { CREDENTIAL_TYPE } from "../modem/commands/credentials.ts";
import {
  credentialEffect,
  isEncrypted,
  samePlace,
  type CredentialEffect,
  type CredentialPlace,
} from "./credential-command.ts";
import { contentDigests, heldAfter, type HeldCredential } from "./ledger.ts";

/**
 * What a modem holds after the recipe, as far as the recipe alone tells it: for runs in which the station carries out nothing
 * itself, and for proofs long after. How the texts were spelled on their way is not known then, so that every spelling of
 * line ends counts; a content that was not handed over leaves its place without a digest.
 */
export function heldByRecipe(recipe: ResolvedRecipe, sha256: Sha256): readonly HeldCredential[] {
  return expectedCommands(recipe.recipe)
    .flatMap((command) => changesOf(command, recipe, sha256))
    .reduce<readonly HeldCredential[]>((held, change) => {
      if (change.kind === "reset") return [];
      const place = change.kind === "delete" ? change.place : change.held;
      const others = held.filter((other) => !samePlace(other, place));
      return change.kind === "delete" ? others : [...others, change.held];
    }, []);
}

/** The credential as a content would be held, whatever its line ends. */
export function heldContent(place: CredentialPlace, content: string, sha256: Sha256): HeldCredential {
  const held = { ...place, ...contentDigests(content, sha256), spellings: spellingsOf(content, sha256) };
  return isEncrypted(content) ? { ...held, otherForm: true } : held;
}

type Change =
  | Exclude<CredentialEffect, { readonly kind: "write" | "generate" }>
  | { readonly kind: "held"; readonly held: HeldCredential };

function changesOf(command: RecipeCommand, recipe: ResolvedRecipe, sha256: Sha256): readonly Change[] {
  const { clientKey, endorsementKey, rootCa, clientCertificate, psk, pskIdentity } = CREDENTIAL_TYPE;
  const known = (secTag: number, credential: number, content: string | undefined): Change => {
    const place = { secTag, credential };
    const isKnown = content !== undefined && placeholdersOf(content).length === 0;
    return { kind: "held", held: isKnown ? heldContent(place, content, sha256) : place };
  };
  switch (command.kind) {
    case "certificateSigningRequest":
    case "cloudAccessKeyGeneration":
    case "clientPrivateKeyGeneration":
      return [generated(command.options.secTag, clientKey)];
    case "endorsementKeyGeneration":
      return [generated(command.options.secTag, endorsementKey)];
    case "serverCertificate":
      return [known(command.options.secTag, rootCa, fileOf(command.options.file, recipe))];
    case "clientCertificate":
      return [known(command.options.secTag, clientCertificate, certificateOf(command.options, recipe))];
    case "clientPrivateKey":
      return [known(command.options.secTag, clientKey, secretOf(command.options.key, recipe))];
    case "preSharedKey": {
      const { secTag, identity, key } = command.options;
      return [known(secTag, psk, secretOf(key, recipe)?.trim()), known(secTag, pskIdentity, identity)];
    }
    case "atCommand":
      return byAtCommand(command.options.command, command.options.parameters, sha256);
    case "config":
    case "finished":
      return [];
  }
}

function generated(secTag: number, credential: number): Change {
  return { kind: "held", held: { secTag, credential, otherForm: true } };
}

function byAtCommand(name: string, parameters: string, sha256: Sha256): readonly Change[] {
  const effect = credentialEffect(name, parameters);
  if (effect === undefined) return [];
  if (effect.kind === "delete" || effect.kind === "reset") return [effect];
  if (effect.kind === "write" && placeholdersOf(effect.content).length === 0)
    return [{ kind: "held", held: heldContent(effect.place, effect.content, sha256) }];
  return [{ kind: "held", held: effect.kind === "write" ? effect.place : heldAfter(effect, undefined, sha256) }];
}

/** The digests of a text with either line end, with and without one at its end. */
function spellingsOf(content: string, sha256: Sha256): readonly string[] {
  const lines = content.replaceAll(/\r\n?/g, "\n").trim();
  const texts = ["\n", "\r\n"].flatMap((end) => {
    const text = lines.replaceAll("\n", end);
    return lines.includes("\n") ? [text, `${text}${end}`] : [text];
  });
  return [...new Set(texts)].map((text) => sha256(encodeWireText(text)));
}

function certificateOf(
  options: Extract<RecipeCommand, { kind: "clientCertificate" }>["options"],
  recipe: ResolvedRecipe,
): string | undefined {
  return "file" in options ? fileOf(options.file, recipe) : undefined;
}

function fileOf(path: string, { files }: ResolvedRecipe): string | undefined {
  return Object.hasOwn(files, path) ? files[path]?.content : undefined;
}

/** A value of the unit's own row is unknown here unless it was put in its place before. */
function secretOf(source: SecretSource, recipe: ResolvedRecipe): string | undefined {
  if ("file" in source) return fileOf(source.file, recipe);
  if ("column" in source) return undefined;
  return Object.hasOwn(recipe.secrets, source.env) ? recipe.secrets[source.env] : undefined;
}
