import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** A folder for the files of one test. */
export type TempFolder = {
  readonly path: (name: string) => string;
  /** Writes a file below the folder; answers its path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
};

/** Makes the folder before each test of the file and removes it afterwards. */
export function tempFolder(): TempFolder {
  const state = { root: "" };
  beforeEach(async () => {
    state.root = await mkdtemp(join(tmpdir(), "station-files-"));
  });
  afterEach(async () => {
    await rm(state.root, { recursive: true, force: true });
  });
  const path = (name: string): string => join(state.root, name);
  return {
    path,
    async write(name, content) {
      await mkdir(dirname(path(name)), { recursive: true });
      await writeFile(path(name), content);
      return path(name);
    },
  };
}

/** The StationError-like thing that the work ends with. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
