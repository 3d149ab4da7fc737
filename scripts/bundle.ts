import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
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

/** Bundles programs into one file each: `dist/NAME.mjs` or `dist/NAME.cjs`. */
export async function bundle(entries: Entries, format: Format): Promise<void> {
  await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(ROOT, file)])),
    outdir: OUTPUT,
    outExtension: { ".js": extension(format) },
    bundle: true,
    platform: "node",
    target: "node20.18",
    format,
    external: EXTERNAL,
    plugins: [englishOnly],
    minifySyntax: true,
    legalComments: "none",
    logLevel: "warning",
    ...(format === "esm" ? { banner: { js: REQUIRE } } : {}),
  });
}

/** Whether an output is missing, or older than a source that the patterns name. */
export function isStale(outputs: readonly string[], sources: readonly string[]): boolean {
  const paths = outputs.map((file) => join(OUTPUT, file));
  if (!paths.every((file) => existsSync(file))) return true;
  const oldest = Math.min(...paths.map((file) => statSync(file).mtimeMs));
  return globSync([...sources], { cwd: ROOT }).some((file) => statSync(join(ROOT, file)).mtimeMs > oldest);
}

/** The names of the files that {@link bundle} writes. */
export function outputsOf(entries: Entries, format: Format): readonly string[] {
  return Object.keys(entries).map((name) => `${name}${extension(format)}`);
}

function extension(format: Format): string {
  return format === "esm" ? ".mjs" : ".cjs";
}
