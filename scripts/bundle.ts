import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";

/** The project's root. */
export const ROOT = join(import.meta.dirname, "..");
/** Where everything that is built lands. */
export const OUTPUT = join(ROOT, "dist");

// Native addons stay in node_modules: they load their binaries by path.
const EXTERNAL = ["serialport", "better-sqlite3", "electron"];

// zod brings its messages in 50 languages, a third of a worker; ours are in English.
const englishOnly: Plugin = {
  name: "english-only",
  setup(bundler) {
    bundler.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

/** Some packages call require() for Node built-ins; an ES module has none of its own. */
const REQUIRE = 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);';

/** How a bundle is loaded: as an ES module, or as the sandboxed preload must be. */
export type Format = "esm" | "cjs";

/** Entries by the name of their bundle, as paths from the root. */
export type Entries = Readonly<Record<string, string>>;

/** How the names of chunks begin. They lie beside the programs: what looks for a file beside itself finds it from either. */
const CHUNK = "part.";

/**
 * Bundles programs: `NAME.mjs` or `NAME.cjs` each. What ES modules share, and what they load on demand, lies in chunks beside them.
 * @param output the folder that they land in; chunks of earlier builds go from there
 */
export async function bundle(entries: Entries, format: Format, output = OUTPUT): Promise<void> {
  const esm = format === "esm";
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(ROOT, file)])),
    outdir: output,
    outExtension: { ".js": extension(format) },
    bundle: true,
    write: false,
    platform: "node",
    target: "node20.18",
    format,
    external: EXTERNAL,
    plugins: [englishOnly],
    minifySyntax: true,
    legalComments: "none",
    logLevel: "warning",
    ...(esm ? { banner: { js: REQUIRE }, splitting: true, chunkNames: `${CHUNK}[name]-[hash]` } : {}),
  });
  mkdirSync(output, { recursive: true });
  const [chunks, programs] = [outputFiles.filter(isChunk), outputFiles.filter((file) => !isChunk(file))];
  // A program that starts meanwhile finds every chunk that it names.
  for (const { path, contents } of [...chunks, ...programs]) put(path, contents);
  if (esm) removeChunks(output, new Set(chunks.map(({ path }) => basename(path))));
}

function isChunk({ path }: { readonly path: string }): boolean {
  return basename(path).startsWith(CHUNK);
}

/** Writes a file in one step: nobody reads half of it, whoever builds at the same time. */
function put(path: string, contents: Uint8Array): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

/** Removes chunks of earlier builds. */
function removeChunks(output: string, kept: ReadonlySet<string>): void {
  for (const name of globSync(`${CHUNK}*${extension("esm")}`, { cwd: output }))
    if (!kept.has(name)) rmSync(join(output, name), { force: true });
}

/**
 * Whether an output is missing with all that it loads, or older than a source that the patterns name.
 * @param folder the folder of the outputs
 */
export function isStale(outputs: readonly string[], sources: readonly string[], folder = OUTPUT): boolean {
  const paths = outputs.map((file) => join(folder, file));
  if (!paths.every((file) => existsSync(file) && chunksOf(file).every((chunk) => existsSync(chunk)))) return true;
  const oldest = Math.min(...paths.map((file) => statSync(file).mtimeMs));
  return globSync([...sources], { cwd: ROOT }).some((file) => statSync(join(ROOT, file)).mtimeMs > oldest);
}

/** The chunks that a program names. */
function chunksOf(file: string): readonly string[] {
  if (!file.endsWith(extension("esm"))) return [];
  const names = readFileSync(file, "utf8").matchAll(/["']\.\/(part\.[\w.-]+)["']/g);
  return [...names].map(([, name = ""]) => join(dirname(file), name));
}

/** The names of the programs that {@link bundle} writes. */
export function outputsOf(entries: Entries, format: Format): readonly string[] {
  return Object.keys(entries).map((name) => `${name}${extension(format)}`);
}

function extension(format: Format): string {
  return format === "esm" ? ".mjs" : ".cjs";
}
