import type { Recipe } from "../../contract/recipe.ts";
import type { RecipeCommand, SecretSource } from "../../contract/recipe-command.ts";
import { asStationError, StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { LARGEST_NAMED, readBeside } from "./beside.ts";
import { checkCertificates, checkPreSharedKey, checkPrivateKey } from "./pem.ts";
import type { TextFile } from "./text-file.ts";

/** The environment of the station, or what stands for it in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a recipe names: files by relative path, secrets by variable. */
export type Materials = {
  readonly files: ReadonlyMap<string, TextFile>;
  readonly secrets: ReadonlyMap<string, string>;
};

/** A name in a recipe that leads nowhere good; `path` is where it stands in the document. */
export type MaterialProblem = { readonly path: readonly PropertyKey[]; readonly error: StationError };

/** Sources whose contents are the same for every unit; columns of a value file are read apart (value-file.ts). */
type Source = Exclude<SecretSource, { readonly column: string }>;
type Reference = {
  readonly path: readonly PropertyKey[];
  readonly source: Source;
  readonly check: (text: string, read: (source: Source) => Promise<string>) => Promise<void> | void;
};

/** Reads and checks everything that a recipe names; answers what was read and all that is wrong. */
export async function readMaterials(
  recipe: Recipe,
  folder: string,
  environment: Environment,
): Promise<{ readonly materials: Materials; readonly problems: readonly MaterialProblem[] }> {
  const files = new Map<string, TextFile>();
  const secrets = new Map<string, string>();
  const problems: MaterialProblem[] = [];
  const read = async (source: Source): Promise<string> => {
    if ("env" in source) {
      const text = variable(source.env, environment);
      secrets.set(source.env, text);
      return text;
    }
    const file = files.get(source.file) ?? (await readBeside(folder, source.file));
    files.set(source.file, file);
    return file.text;
  };
  for (const { path, source, check } of referencesIn(recipe)) {
    try {
      await check(await read(source), read);
    } catch (error) {
      problems.push({ path, error: asStationError(error) });
    }
  }
  return { materials: { files, secrets }, problems };
}

/** The files that a recipe names, by relative path, each once. */
export function namedFiles(recipe: Recipe): readonly string[] {
  const sources = referencesIn(recipe).map(({ source }) => source);
  const values = recipe.values === undefined ? [] : [recipe.values.file];
  return [...new Set([...sources.flatMap((source) => ("file" in source ? [source.file] : [])), ...values])];
}

function referencesIn({ commands, expect, verify }: Recipe): readonly Reference[] {
  return [
    ...commands.flatMap((command, index) => referencesOf(command, ["commands", index])),
    ...(expect ?? []).flatMap((command, index) => referencesOf(command, ["expect", index])),
    ...(verify.credentials ?? []).flatMap(({ file }, index) =>
      file === undefined ? [] : [{ path: ["verify", "credentials", index, "file"], source: { file }, check: nothing }],
    ),
  ];
}

function referencesOf(command: RecipeCommand, place: readonly PropertyKey[]): readonly Reference[] {
  const at = (field: string): readonly PropertyKey[] => [...place, command.kind, field];
  switch (command.kind) {
    case "serverCertificate":
    case "clientCertificate":
      if (!("file" in command.options)) return [];
      return [{ path: at("file"), source: { file: command.options.file }, check: checkCertificates }];
    case "clientPrivateKey":
      return privateKeyReferences(command.options, at);
    case "preSharedKey": {
      const { key } = command.options;
      return "column" in key ? [] : [{ path: at("key"), source: key, check: checkPreSharedKey }];
    }
    case "certificateSigningRequest":
    case "cloudAccessKeyGeneration":
    case "clientPrivateKeyGeneration":
    case "endorsementKeyGeneration":
    case "atCommand":
    case "config":
    case "finished":
      return [];
  }
}

/** A key is opened with its password where both are the same for every unit. */
function privateKeyReferences(
  { key, password }: Extract<RecipeCommand, { kind: "clientPrivateKey" }>["options"],
  at: (field: string) => readonly PropertyKey[],
): readonly Reference[] {
  const shared = password === undefined || "column" in password ? undefined : password;
  const secret: readonly Reference[] =
    shared === undefined ? [] : [{ path: at("password"), source: shared, check: nothing }];
  if ("column" in key) return secret;
  const check: Reference["check"] = async (text, read) =>
    checkPrivateKey(text, shared && withoutLineEnd(await read(shared)));
  const eachItsOwn = password !== undefined && "column" in password;
  return [...secret, { path: at("key"), source: key, check: eachItsOwn ? nothing : check }];
}

function nothing(): void {
  // Any text may be a password or the content of a credential; what only units' own values open is checked with these.
}

/** A password in a file ends before the line end that editors add. */
function withoutLineEnd(text: string): string {
  return text.replace(/[\r\n]+$/, "");
}

function variable(name: string, environment: Environment): string {
  const text = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (text === undefined || text === "")
    throw new StationError("file.secret-missing", `the environment variable ${name} is not set`, { variable: name });
  if (text.length > LARGEST_NAMED)
    throw new StationError("file.too-large", `the environment variable ${name} is too long`, {
      variable: name,
      limit: quantity(LARGEST_NAMED, "characters"),
    });
  return text;
}
