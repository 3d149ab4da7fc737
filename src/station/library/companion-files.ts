import { createHash } from "node:crypto";
import { opendir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { RelativePathSchema } from "../../contract/recipe-command.ts";
import { LARGEST_NAMED, readBeside } from "../files/beside.ts";
import { RECIPE_FILE } from "./shelf.ts";

/** A file that goes with a document; `path` is below the document's folder, with forward slashes. */
export type CompanionFile = { readonly path: string; readonly bytes: Uint8Array };

/** A companion as the list shows it; no `sha256`: it is larger than any that a document may name. */
export type ListedFile = { readonly path: string; readonly bytes: number; readonly sha256?: string };

/** Companions of one document. */
export const MOST_COMPANIONS = 64;
const DEEPEST = 6;

/** The plain files below a recipe's folder, links and hidden ones left out, without the recipe itself; empty where there is none. */
export async function companionPaths(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  await collect(folder, "", 1, found);
  return found.filter((path) => path !== RECIPE_FILE && RelativePathSchema.safeParse(path).success).sort();
}

async function collect(folder: string, below: string, depth: number, found: string[]): Promise<void> {
  const entries = await opendir(join(folder, below)).catch(() => undefined);
  if (entries === undefined) return;
  for await (const entry of entries) {
    if (found.length > MOST_COMPANIONS) return;
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith(".")) continue;
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && depth < DEEPEST) await collect(folder, path, depth + 1, found);
  }
}

/** Those of the files that can be read as a document would read them; the rest is left out. */
export async function readCompanions(folder: string, paths: readonly string[]): Promise<readonly CompanionFile[]> {
  const files = await Promise.all(
    paths.slice(0, MOST_COMPANIONS).map(async (path) => {
      const read = await readBeside(folder, path).catch(() => undefined);
      return read === undefined ? [] : [{ path, bytes: read.bytes }];
    }),
  );
  return files.flat();
}

/** Size and SHA-256 of a file; undefined where there is none. */
export async function listedFile(path: string, file: string): Promise<ListedFile | undefined> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_NAMED) return { path, bytes: size };
    const sha256 = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    return { path, bytes: size, sha256 };
  } catch {
    return undefined;
  }
}
