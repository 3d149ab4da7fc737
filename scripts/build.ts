// Bundles the programs that start as processes of their own into one file each, so that 64 of them start fast:
//   node scripts/build.ts [--if-stale]
import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

const ROOT = join(import.meta.dirname, "..");
const OUTPUT = join(ROOT, "dist");

const ENTRIES = {
  worker: "src/worker/main.ts",
  "history-thread": "src/audit/history-thread-entry.ts",
};

// Native addons stay in node_modules: they load their binaries by path.
const EXTERNAL = ["serialport", "better-sqlite3"];

// zod brings its messages in 50 languages, a third of a worker; ours are in English.
const englishOnly: Plugin = {
  name: "english-only",
  setup(bundler) {
    bundler.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

const entries = Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(ROOT, file)]));

if (!process.argv.includes("--if-stale") || isStale()) {
  await build({
    entryPoints: entries,
    outdir: OUTPUT,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node20.18",
    format: "esm",
    external: EXTERNAL,
    plugins: [englishOnly],
    minifySyntax: true,
    legalComments: "none",
    logLevel: "warning",
    // Some packages call require() for Node built-ins; an ES module has none of its own.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
}

function isStale(): boolean {
  const outputs = Object.keys(entries).map((name) => join(OUTPUT, `${name}.mjs`));
  if (!outputs.every((file) => existsSync(file))) return true;
  const oldest = Math.min(...outputs.map((file) => statSync(file).mtimeMs));
  const sources = [...globSync("src/**/*.ts", { cwd: ROOT }), "package-lock.json", "scripts/build.ts"];
  return sources.some((file) => statSync(join(ROOT, file)).mtimeMs > oldest);
}
