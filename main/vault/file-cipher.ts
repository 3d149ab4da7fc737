import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder, writeSynced } from "../../src/audit/durable-file.ts";
import { StationError } from "../../src/core/error.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Cipher } from "./cipher.ts";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = "aes-256-gcm";

/**
 * Seals with a key in a file of its own (mode 0600), made at the first sealing: a copy of the vault alone tells nothing, but whoever
 * can read the station's whole data folder can read what is in it. For engineers who insist where the system protects nothing.
 */
export class FileCipher implements Cipher {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async seal(text: Secret): Promise<Uint8Array> {
    const key = (await this.#key()) ?? (await this.#makeKey());
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, key, iv);
    const sealed = Buffer.concat([cipher.update(text.reveal(), "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  }

  async open(blob: Uint8Array): Promise<Secret> {
    const key = await this.#key();
    if (key === undefined) throw new StationError("vault.sealed", "the vault's key file is missing");
    const iv = blob.subarray(0, IV_BYTES);
    const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(blob.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(blob.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return new Secret(text.toString("utf8"));
  }

  async #key(): Promise<Uint8Array | undefined> {
    try {
      const key = await readFile(this.#file);
      if (key.length === KEY_BYTES) return key;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
    throw new StationError("vault.sealed", "the vault's key file is damaged", { file: this.#file });
  }

  async #makeKey(): Promise<Uint8Array> {
    const key = randomBytes(KEY_BYTES);
    await writeSynced(this.#file, key, 0o600);
    await syncFolder(dirname(this.#file));
    return key;
  }
}
