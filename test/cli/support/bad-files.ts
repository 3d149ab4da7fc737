import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callMain } from "./call-main.ts";
import { RESOURCES, temporaryFolder, TRAINING } from "./tray-line.ts";

/** A file that `station run` reads. */
export type FileKind = "recipe" | "fixture" | "profile" | "serials";

/** Files of each kind that are in order. */
export const GOOD_FILES: Readonly<Record<FileKind, string>> = {
  recipe: readFileSync(TRAINING, "utf8"),
  fixture: readFileSync(join(RESOURCES, "fixtures/training-tray.yaml"), "utf8"),
  profile: readFileSync(join(RESOURCES, "profiles/nrf-cloud.yaml"), "utf8"),
  serials: 'slot,serial\r\n1,SN-1\r\n2,"SN,2"\r\n',
};

/** A folder with good files beside which bad ones are tried. */
export class BadFiles {
  readonly folder = temporaryFolder();

  constructor() {
    for (const file of ["amazon-root-ca-1.pem", "nrf-cloud-coap-ca.pem"])
      copyFileSync(join(RESOURCES, "recipes/training", file), join(this.folder, file));
    this.write("recipe.yaml", GOOD_FILES.recipe);
    this.write("fixture.yaml", GOOD_FILES.fixture);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  write(name: string, content: string | Buffer): string {
    const file = join(this.folder, name);
    writeFileSync(file, content);
    return file;
  }

  /** A run with one file of ours. Even where it is in order nothing is started: the audit database would lie below a file. */
  argvOf(kind: FileKind, file: string): readonly string[] {
    const files = {
      recipe: join(this.folder, "recipe.yaml"),
      fixture: join(this.folder, "fixture.yaml"),
      [kind]: file,
    };
    const named = Object.entries(files).flatMap(([name, path]) => [`--${name}`, path]);
    const missing = kind === "profile" ? [] : ["--profile", join(this.folder, "missing.yaml")];
    return ["run", ...named, ...missing, "--audit", join(this.folder, "recipe.yaml", "a.db")];
  }

  /** The lines of the report on a file, `@` for the folder; the command must end as wrong usage. */
  async reportOn(
    kind: FileKind,
    content: string | Buffer,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<readonly string[]> {
    const file = this.write(`bad-${kind}.txt`, content);
    const { code, stdout, stderr } = await callMain(this.argvOf(kind, file), environment);
    if (code !== 2 || stdout !== "") throw new RangeError(`exit ${code}, ${stdout}: ${stderr}`);
    return stderr.replaceAll(this.folder, "@").trimEnd().split("\n");
  }
}
