// The database addon for an Electron that is older than the one it was prebuilt for.
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StationError } from "../src/core/error.ts";
import { ROOT } from "./bundle.ts";
import { fetchPackage, runProgram, unpackPackage } from "./run-program.ts";
import { ensureCompiler } from "./test-programs.ts";

const HEADERS = "node-api-headers@1.9.0";

/** Without these the addon asks for Node-API 10; as "experimental" it runs on every Node from 20 on. */
const DEFINES = [
  ...["NAPI_EXPERIMENTAL", "NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT", "NODE_API_EXPERIMENTAL_NO_WARNING"],
  ...["NAPI_DISABLE_CPP_EXCEPTIONS", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS", "NDEBUG"],
];

/**
 * The addon for Node 20 on Linux: compiled once (about a minute), then kept in `cache`. Safe beside another process that does the
 * same. @returns its path @throws StationError desktop.electron without a compiler or the headers
 */
export function sqliteAddon(cache: string): string {
  const source = join(ROOT, "node_modules", "better-sqlite3");
  const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as { readonly version: string };
  const addon = join(cache, `better-sqlite3-${version}-${process.platform}-${process.arch}.node`);
  if (existsSync(addon)) return addon;
  if (!ensureCompiler())
    throw new StationError("desktop.electron", "the database addon cannot be compiled: install gcc and g++");
  const work = mkdtempSync(join(tmpdir(), "better-sqlite3-"));
  try {
    const headers = join(unpackPackage(fetchPackage(HEADERS, work), work), "include");
    compile(source, headers, work);
    // Moved within the cache: nobody ever sees half an addon.
    const fresh = `${addon}.${process.pid}`;
    cpSync(join(work, "addon.node"), fresh);
    renameSync(fresh, addon);
    return addon;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function compile(source: string, headers: string, work: string): void {
  const sqlite = join(source, "deps", "sqlite3");
  const [library, glue] = [join(work, "sqlite3.o"), join(work, "glue.o")];
  const include = [headers, join(ROOT, "node_modules", "node-addon-api"), sqlite].flatMap((folder) => ["-I", folder]);
  const common = ["-w", "-O2", "-fPIC", "-c"];
  const [plain, defines] = [sqliteDefines(source), DEFINES.map((name) => `-D${name}`)];
  runProgram("g++", [
    "-std=c++20",
    "-fvisibility=hidden",
    ...defines,
    ...include,
    ...common,
    glueOf(source),
    "-o",
    glue,
  ]);
  runProgram("gcc", ["-std=c99", "-DNDEBUG", ...plain, ...common, join(sqlite, "sqlite3.c"), "-o", library]);
  const linking = ["-shared", "-Wl,-Bsymbolic", "-static-libstdc++", "-static-libgcc"];
  runProgram("g++", [...linking, "-o", join(work, "addon.node"), glue, library, "-ldl", "-lm"]);
}

function glueOf(source: string): string {
  return join(source, "src", "better_sqlite3.cpp");
}

/** The options that the package compiles SQLite with: `'NAME',` and `'NAME=value',`, a line each. */
function sqliteDefines(source: string): readonly string[] {
  const text = readFileSync(join(source, "deps", "defines.gypi"), "utf8");
  return [...text.matchAll(/^\s*'([A-Z0-9_]+(?:=[^']*)?)',$/gm)].map(([, define = ""]) => `-D${define}`);
}
