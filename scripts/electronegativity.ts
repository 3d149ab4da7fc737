// `npm test`'s security check of the window's code: runs electronegativity over main/ and renderer/. Every finding must be justified in
// docs/security-exceptions.json, and every exception there must still be needed. The tool brings 357 packages along, so it is
// installed beside the project, into the user's cache.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { asStationError, describeError } from "../src/core/error.ts";
import { ROOT } from "./bundle.ts";
import { PATIENCE, runProgram } from "./run-program.ts";

const PACKAGE = "@doyensec/electronegativity";
const VERSION = "1.10.3";
const SOURCES = ["main", "renderer", "package.json"];
const EXCEPTIONS = "docs/security-exceptions.json";

/** A finding by its check and file; `N/A` where it is about no file. */
type Finding = { readonly check: string; readonly file: string };
type Exception = Finding & { readonly because: string };

try {
  process.exitCode = judge(
    findings(installed()),
    JSON.parse(readFileSync(join(ROOT, EXCEPTIONS), "utf8")) as Exception[],
  );
} catch (error) {
  console.error(`electronegativity could not be run: ${describeError(error)}\n${asStationError(error).advice}`);
  process.exitCode = 1;
}

/** The folder with the tool in it. */
function installed(): string {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "electronegativity");
  const home = join(cache, VERSION);
  if (existsSync(home)) return home;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "install-"));
  writeFileSync(join(work, "package.json"), "{}");
  const quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts", ...PATIENCE];
  runProgram("npm", ["install", ...quiet, "--prefix", work, `${PACKAGE}@${VERSION}`]);
  beOffline(join(work, "node_modules", "got"));
  renameSync(work, home);
  return home;
}

/** The tool asks GitHub for translations and for newer releases, and trips over its own requests where that is out of reach. */
function beOffline(client: string): void {
  rmSync(client, { recursive: true });
  mkdirSync(client);
  const refuse = "const refuse = () => Promise.reject(new Error('offline'));";
  writeFileSync(join(client, "index.js"), `${refuse} module.exports = Object.assign(refuse, { head: refuse });`);
}

function findings(home: string): readonly Finding[] {
  const work = mkdtempSync(join(tmpdir(), "electronegativity-"));
  try {
    const [input, output] = [join(work, "application"), join(work, "findings.csv")];
    for (const source of SOURCES) cpSync(join(ROOT, source), join(input, source), { recursive: true });
    const tool = join(home, "node_modules", PACKAGE, "dist", "index.js");
    runProgram(process.execPath, [tool, "-i", input, "-o", output, "-r", "-e", electronVersion()]);
    const rows: readonly Readonly<Record<string, string>>[] = parse(readFileSync(output, "utf8"), {
      columns: true,
      ...{ trim: true, relax_quotes: true, relax_column_count: true },
    });
    return rows.map(({ issue = "", filename = "" }) => ({ check: issue, file: filename.replaceAll("\\", "/") }));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function electronVersion(): string {
  const text = readFileSync(join(ROOT, "package.json"), "utf8");
  return (JSON.parse(text) as { readonly devDependencies: { readonly electron: string } }).devDependencies.electron;
}

/** Tells what does not fit. @returns the exit code */
function judge(found: readonly Finding[], exceptions: readonly Exception[]): number {
  const key = ({ check, file }: Finding): string => `${check} in ${file}`;
  const justified = new Set(exceptions.filter(({ because }) => because.length > 0).map((exception) => key(exception)));
  const seen = new Set(found.map((finding) => key(finding)));
  const open = [...seen].filter((finding) => !justified.has(finding));
  const needless = [...justified].filter((exception) => !seen.has(exception));
  for (const finding of open) console.error(`found and not justified in ${EXCEPTIONS}: ${finding}`);
  for (const exception of needless) console.error(`no longer found, so no exception is needed: ${exception}`);
  return open.length + needless.length === 0 ? 0 : 1;
}
