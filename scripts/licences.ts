import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import type { Plugin } from "vite";
import { z } from "zod";
import type { Licence } from "../src/contract/desktop-about.ts";
import { ROOT } from "./bundle.ts";

const PackageSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().catch("see its text"),
  dependencies: z.record(z.string(), z.string()).catch({}),
  optionalDependencies: z.record(z.string(), z.string()).catch({}),
});
type Package = z.output<typeof PackageSchema>;

const MODULES = `node_modules${sep}`;
const LICENCE_FILE = /^(licen[cs]e|copying)([.-].*)?$/i;

/**
 * Puts `licences.json` beside the pages: every package that the application is made with. Those of the pages are the ones that
 * went into them; those of the other programs are the production dependencies with all of theirs, and Electron.
 */
export function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle() {
      const folders = new Set([
        ...[...this.getModuleIds()].flatMap(folderOf),
        ...dependenciesOf(ROOT),
        join(ROOT, "node_modules", "electron"),
      ]);
      const source = JSON.stringify(licencesOf([...folders]));
      this.emitFile({ type: "asset", fileName: "licences.json", source });
    },
  };
}

/** What the packages in these folders may be used under, by name; the same version twice counts once. */
export function licencesOf(folders: readonly string[]): readonly Licence[] {
  const known = new Map(folders.map((folder) => [keyOf(readPackage(folder)), licenceOf(folder)]));
  return [...known].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, licence]) => licence);
}

/** The folders of all packages that a package needs to run, and those that they need. */
export function dependenciesOf(folder: string, found = new Set<string>()): ReadonlySet<string> {
  const { dependencies, optionalDependencies } = readPackage(folder);
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const home = resolve(name, folder);
    // Optional packages of other systems are not there.
    if (home === undefined || found.has(home)) continue;
    found.add(home);
    dependenciesOf(home, found);
  }
  return found;
}

function licenceOf(folder: string): Licence {
  const { name, version, license: licence } = readPackage(folder);
  const file = readdirSync(folder).find((entry) => LICENCE_FILE.test(entry));
  const text = file === undefined ? {} : { text: readFileSync(join(folder, file), "utf8").trim() };
  return { name, version, licence, ...text };
}

function keyOf({ name, version }: Package): string {
  return `${name} ${version}`;
}

function readPackage(folder: string): Package {
  return PackageSchema.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
}

/** As Node finds a package from a folder: in the nearest node_modules that has it. */
function resolve(name: string, from: string): string | undefined {
  const here = join(from, "node_modules", name);
  if (existsSync(join(here, "package.json"))) return here;
  return dirname(from) === from ? undefined : resolve(name, dirname(from));
}

/** The folder of the package that a module belongs to. */
function folderOf(id: string): readonly string[] {
  const file = id.replaceAll("\0", "").split("?")[0] ?? "";
  const start = file.lastIndexOf(MODULES);
  if (start < 0) return [];
  const [scope = "", name = ""] = file.slice(start + MODULES.length).split(sep);
  const folder = join(file.slice(0, start + MODULES.length), scope.startsWith("@") ? join(scope, name) : scope);
  return existsSync(join(folder, "package.json")) ? [folder] : [];
}
