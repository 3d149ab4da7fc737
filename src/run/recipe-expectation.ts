import type { RecipeCommand } from "../contract/recipe-command.ts";
import { expectedCommands, type ResolvedRecipe } from "../contract/recipe.ts";
import type { Sha256 } from "../core/digest.ts";
import { encodeWireText } from "../core/wire-text.ts";
import { CREDENTIAL_TYPE } from "../modem/commands/credentials.ts";
import type { CredentialPlace } from "./credential-command.ts";
import { contentDigests, type ExecutedCommand } from "./ledger.ts";

/** What a command of the recipe must lead to on the device, however the service puts it (protocol.md 14.3). */
export type Expectation =
  | {
      readonly kind: "credential";
      readonly what: string;
      readonly place: CredentialPlace;
      readonly looseSha256?: string;
    }
  | { readonly kind: "at"; readonly what: string; readonly name: string; readonly parametersSha256: string }
  | { readonly kind: "settings"; readonly what: string; readonly settings: Readonly<Record<string, string>> }
  | { readonly kind: "finished"; readonly what: string };

/** What the recipe's commands, or those that it expects of its rule, must lead to, in order. */
export function expectationsOf(recipe: ResolvedRecipe, sha256: Sha256): readonly Expectation[] {
  return expectedCommands(recipe.recipe).flatMap((command) => expectationOf(command, recipe, sha256));
}

/** Whether an executed command is what a command of the recipe had to lead to. Contents are compared apart from this. */
export function fulfils(executed: ExecutedCommand, expectation: Expectation): boolean {
  if (executed.result === "error" || executed.result === "none") return false;
  switch (expectation.kind) {
    case "credential": {
      const { credential } = executed;
      const { place } = expectation;
      return credential?.secTag === place.secTag && credential.credential === place.credential;
    }
    case "at":
      return executed.name === expectation.name && executed.parametersSha256 === expectation.parametersSha256;
    case "settings":
      return executed.kind === "config";
    case "finished":
      return executed.kind === "finished";
  }
}

function expectationOf(command: RecipeCommand, recipe: ResolvedRecipe, sha256: Sha256): readonly Expectation[] {
  const what = command.kind;
  switch (command.kind) {
    case "certificateSigningRequest":
    case "cloudAccessKeyGeneration":
    case "clientPrivateKeyGeneration":
    case "clientPrivateKey":
      return [credential(what, command.options.secTag, CREDENTIAL_TYPE.clientKey)];
    case "endorsementKeyGeneration":
      return [credential(what, command.options.secTag, CREDENTIAL_TYPE.endorsementKey)];
    case "serverCertificate":
    case "clientCertificate": {
      const { secTag } = command.options;
      const file = "file" in command.options ? command.options.file : "";
      const type = command.kind === "serverCertificate" ? CREDENTIAL_TYPE.rootCa : CREDENTIAL_TYPE.clientCertificate;
      const content = Object.hasOwn(recipe.files, file) ? recipe.files[file]?.content : undefined;
      const expected = credential(what, secTag, type);
      return [content === undefined ? expected : { ...expected, ...looseOf(content, sha256) }];
    }
    case "preSharedKey": {
      const { secTag, identity } = command.options;
      const name = { ...credential(what, secTag, CREDENTIAL_TYPE.pskIdentity), ...looseOf(identity, sha256) };
      return [credential(what, secTag, CREDENTIAL_TYPE.psk), name];
    }
    case "atCommand": {
      const { command: name, parameters } = command.options;
      const parametersSha256 = sha256(encodeWireText(parameters));
      return [{ kind: "at", what: `${what} ${name}`, name: name.toUpperCase(), parametersSha256 }];
    }
    case "config":
      return [{ kind: "settings", what, settings: command.options }];
    case "finished":
      return [{ kind: "finished", what }];
  }
}

function credential(what: string, secTag: number, type: number): Extract<Expectation, { kind: "credential" }> {
  return { kind: "credential", what: `${what} on tag ${secTag}`, place: { secTag, credential: type } };
}

function looseOf(content: string, sha256: Sha256): { readonly looseSha256: string } {
  return { looseSha256: contentDigests(content, sha256).looseSha256 };
}

/** The security tags that a recipe and its execution touch, in order. */
export function secTagsOf(expectations: readonly Expectation[], held: readonly CredentialPlace[]): readonly number[] {
  const expected = expectations.flatMap((expectation) =>
    expectation.kind === "credential" ? [expectation.place.secTag] : [],
  );
  return [...new Set([...expected, ...held.map(({ secTag }) => secTag)])].sort((left, right) => left - right);
}
