import type { RecipeCommand, SecretSource } from "./recipe-command.ts";
import type { Recipe } from "./recipe.ts";
import type { VerifyCredential } from "./recipe-verify.ts";

/** What a text of a recipe is for: it says what a filled text may hold. */
export type TextUse = "attributes" | "parameters" | "identity" | "setting" | "sha256" | "content";

/** Where a text or value of a recipe stands in its document. */
export type RecipePath = readonly PropertyKey[];

/** Changes a text that may hold `{{column}}`. */
export type ChangeText = (text: string, use: TextUse, path: RecipePath) => string;

/** What takes a whole column as its content. */
export type ColumnUse = {
  readonly use: "preSharedKey" | "privateKey" | "password" | "certificate";
  readonly column: string;
  readonly path: RecipePath;
};

/** The recipe with `change` applied to every text that may hold placeholders. */
export function changeTexts(recipe: Recipe, change: ChangeText): Recipe {
  const inList = (list: readonly RecipeCommand[], name: string): RecipeCommand[] =>
    list.map((command, index) => changeCommand(command, [name, index, command.kind], change));
  const { commands, expect, verify } = recipe;
  return {
    ...recipe,
    commands: inList(commands, "commands"),
    ...(expect === undefined ? {} : { expect: inList(expect, "expect") }),
    verify: {
      ...verify,
      ...(verify.credentials === undefined
        ? {}
        : { credentials: verify.credentials.map((entry, index) => changeEntry(entry, index, change)) }),
      ...(verify.settings === undefined
        ? {}
        : { settings: changeSettings(verify.settings, ["verify", "settings"], change) }),
    },
  };
}

/** The placeholders' texts of a recipe with their places. */
export function textsOf(
  recipe: Recipe,
): readonly { readonly text: string; readonly use: TextUse; readonly path: RecipePath }[] {
  const found: { readonly text: string; readonly use: TextUse; readonly path: RecipePath }[] = [];
  changeTexts(recipe, (text, use, path) => {
    found.push({ text, use, path });
    return text;
  });
  return found;
}

/** The columns that a recipe takes whole. */
export function columnsOf({ commands, expect }: Recipe): readonly ColumnUse[] {
  const inList = (list: readonly RecipeCommand[], name: string): readonly ColumnUse[] =>
    list.flatMap((command, index) => columnsOfCommand(command, [name, index, command.kind]));
  return [...inList(commands, "commands"), ...inList(expect ?? [], "expect")];
}

function changeCommand(command: RecipeCommand, path: RecipePath, change: ChangeText): RecipeCommand {
  switch (command.kind) {
    case "certificateSigningRequest":
    case "cloudAccessKeyGeneration":
    case "clientPrivateKeyGeneration": {
      const { attributes } = command.options;
      if (attributes === undefined) return command;
      const changed = change(attributes, "attributes", [...path, "attributes"]);
      return { ...command, options: { ...command.options, attributes: changed } };
    }
    case "atCommand": {
      const parameters = change(command.options.parameters, "parameters", [...path, "parameters"]);
      return { ...command, options: { ...command.options, parameters } };
    }
    case "preSharedKey": {
      const identity = change(command.options.identity, "identity", [...path, "identity"]);
      return { ...command, options: { ...command.options, identity } };
    }
    case "config":
      return { ...command, options: changeSettings(command.options, path, change) };
    case "endorsementKeyGeneration":
    case "serverCertificate":
    case "clientCertificate":
    case "clientPrivateKey":
    case "finished":
      return command;
  }
}

function changeSettings(
  settings: Readonly<Record<string, string>>,
  path: RecipePath,
  change: ChangeText,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, change(value, "setting", [...path, key])]),
  );
}

function changeEntry(entry: VerifyCredential, index: number, change: ChangeText): VerifyCredential {
  const { sha256, text } = entry;
  const path: RecipePath = ["verify", "credentials", index];
  return {
    ...entry,
    ...(sha256 === undefined ? {} : { sha256: change(sha256, "sha256", [...path, "sha256"]).toLowerCase() }),
    ...(text === undefined ? {} : { text: change(text, "content", [...path, "text"]) }),
  };
}

function columnsOfCommand(command: RecipeCommand, path: RecipePath): readonly ColumnUse[] {
  switch (command.kind) {
    case "clientCertificate":
      return "signedBy" in command.options ? [] : columnUse("certificate", command.options, [...path, "column"]);
    case "preSharedKey":
      return columnUse("preSharedKey", command.options.key, [...path, "key"]);
    case "clientPrivateKey": {
      const { key, password } = command.options;
      return [
        ...columnUse("privateKey", key, [...path, "key"]),
        ...(password === undefined ? [] : columnUse("password", password, [...path, "password"])),
      ];
    }
    case "certificateSigningRequest":
    case "cloudAccessKeyGeneration":
    case "clientPrivateKeyGeneration":
    case "endorsementKeyGeneration":
    case "serverCertificate":
    case "atCommand":
    case "config":
    case "finished":
      return [];
  }
}

function columnUse(use: ColumnUse["use"], source: SecretSource, path: RecipePath): readonly ColumnUse[] {
  return "column" in source ? [{ use, column: source.column, path }] : [];
}
