import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import { DocumentIdSchema, type DocumentKind } from "../../contract/desktop-library.ts";
import { StationError } from "../../core/error.ts";

/** Names of the folders of a shelf. */
const FOLDERS = { recipe: "recipes", fixture: "fixtures", profile: "profiles" } as const;

/** The file of a recipe in its folder. */
export const RECIPE_FILE = "recipe.yaml";

/** Entries of a folder that are looked at; more are not ours. */
const MOST_ENTRIES = 5000;

/** @throws StationError library.id */
export function requireId(id: string): void {
  if (DocumentIdSchema.safeParse(id).success) return;
  throw new StationError("library.id", "the name cannot be used for a document", { name: id.slice(0, 80) });
}

/** A folder with recipes, fixtures and profiles, each in its place; only plain files and folders count, links do not. */
export class Shelf {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** The folder of a kind. */
  folder(kind: DocumentKind): string {
    return join(this.root, FOLDERS[kind]);
  }

  /** The file with the document's text. @throws StationError library.id */
  path(kind: DocumentKind, id: string): string {
    requireId(id);
    return kind === "recipe" ? join(this.folder(kind), id, RECIPE_FILE) : join(this.folder(kind), `${id}.yaml`);
  }

  /** The folder of the document's own files; a fixture has none, but no other document may have its name either. */
  companions(kind: DocumentKind, id: string): string {
    requireId(id);
    return join(this.folder(kind), id);
  }

  /** Whether the document can be read here: a plain file in a plain folder. */
  async has(kind: DocumentKind, id: string): Promise<boolean> {
    if (kind === "recipe" && (await kindOf(this.companions(kind, id))) !== "folder") return false;
    return (await kindOf(this.path(kind, id))) === "file";
  }

  /** Whether anything stands where the document would be written. */
  async isTaken(kind: DocumentKind, id: string): Promise<boolean> {
    const places = kind === "recipe" ? [] : [this.path(kind, id)];
    const kinds = await Promise.all([...places, this.companions(kind, id)].map(kindOf));
    return kinds.some((found) => found !== undefined);
  }

  /** The documents of a kind, by name. @throws StationError file.unreadable */
  async ids(kind: DocumentKind): Promise<readonly string[]> {
    const names = await entriesOf(this.folder(kind));
    const ids = names.map((name) => (kind === "recipe" ? name : withoutYaml(name)));
    const known = ids.filter((id): id is string => id !== undefined && DocumentIdSchema.safeParse(id).success);
    const there = await Promise.all(known.map((id) => this.has(kind, id)));
    return known.filter((_id, index) => there[index]).sort();
  }
}

type PlaceKind = "file" | "folder" | "other";

/** What stands at a path, links not followed; undefined: nothing. */
async function kindOf(path: string): Promise<PlaceKind | undefined> {
  try {
    const found = await lstat(path);
    if (found.isFile()) return "file";
    return found.isDirectory() ? "folder" : "other";
  } catch (error) {
    return isAbsent(error) ? undefined : "other";
  }
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      names.push(entry.name);
      if (names.length >= MOST_ENTRIES) break;
    }
  } catch (cause) {
    if (isAbsent(cause)) return [];
    throw new StationError("file.unreadable", "the library cannot be read", { file: folder }, { cause });
  }
  return names;
}

function withoutYaml(name: string): string | undefined {
  return name.endsWith(".yaml") ? name.slice(0, -".yaml".length) : undefined;
}

/** Whether the file system says that there is no such thing. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
