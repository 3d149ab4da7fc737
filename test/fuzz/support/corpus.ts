import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One kept input of a target: a file of its corpus. */
export type Seed = { readonly name: string; readonly bytes: Uint8Array };

const CORPORA = fileURLToPath(new URL("../corpus", import.meta.url));

/** The corpus of a target, `test/fuzz/corpus/<target>/`, in the order of its file names. */
export function corpusOf(target: string): readonly Seed[] {
  const folder = join(CORPORA, target);
  return readdirSync(folder)
    .toSorted()
    .map((name) => ({ name, bytes: Uint8Array.from(readFileSync(join(folder, name))) }));
}
