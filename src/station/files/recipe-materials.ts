import type { Recipe } from "../../contract/recipe.ts";
import type { RecipeCommand } from "../../contract/recipe-command.ts";
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

type Source = { readonly file: string } | { readonly env: string };
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
  for (const { path, source, check } of recipe.commands.flatMap(referencesOf)) {
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
  const sources = recipe.commands.flatMap(referencesOf).map(({ source }) => source);
  return [...new Set(sources.flatMap((source) => ("file" in source ? [source.file] : [])))];
}

function referencesOf(command: RecipeCommand, index: number): readonly Reference[] {
  const at = (field: string): readonly PropertyKey[] => ["commands", index, command.kind, field];
  switch (command.kind) {
    case "serverCertificate":
    case "clientCertificate":
      return [{ path: at("file"), source: { file: command.options.file }, check: checkCertificates }];
    case "clientPrivateKey": {
      const { key, password } = command.options;
      const opened: Reference = {
        path: at("key"),
        source: key,
        check: async (text, read) => checkPrivateKey(text, password && withoutLineEnd(await read(password))),
      };
      return password === undefined ? [opened] : [{ path: at("password"), source: password, check: nothing }, opened];
    }
    case "preSharedKey":
      return [{ path: at("key"), source: command.options.key, check: checkPreSharedKey }];
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

function nothing(): void {
  // Any text may be a password.
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
