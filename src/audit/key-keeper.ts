import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "../core/secret.ts";
import { writeDurably } from "./durable-file.ts";
import { auditError } from "./sqlite-error.ts";

/** Where the station's private key rests, as PKCS #8 PEM: a file, or the desktop's vault. */
export interface KeyKeeper {
  /** The key, or undefined when none was made yet. */
  load(): Promise<Secret | undefined>;
  /** Keeps a new key; resolves when it is on the disk. */
  keep(pkcs8: Secret): Promise<void>;
}

const KEY_FILE = "station-key.pem";

/**
 * Keeps the key in a folder that only its owner may open (mode 0700, the file 0600; Windows: the folder's own rights).
 * Both calls throw StationError audit.* when the file system refuses.
 */
export function folderKeyKeeper(folder: string): KeyKeeper {
  const file = join(folder, KEY_FILE);
  return {
    async load() {
      try {
        return new Secret(await readFile(file, "utf8"));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw auditError(error, "the station's key cannot be read", { file });
      }
    },
    async keep(pkcs8) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeDurably(file, pkcs8.reveal(), 0o600);
      } catch (error) {
        throw auditError(error, "the station's key cannot be kept", { file });
      }
    },
  };
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
