import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import { isoTime } from "../core/iso-time.ts";
import { Secret } from "../core/secret.ts";
import { atomically, type ServiceDatabase } from "./database.ts";
import { readIfThere, writeWhole } from "./private-file.ts";

const FILE = "owner-key";
const KEY_BYTES = 32;
const LONGEST_KEY = 256;

/** API keys of owners. The database has digests only; a key of 256 random bits needs no salt and no slow hash. */
export class OwnerKeys {
  readonly #database: ServiceDatabase;
  readonly #clock: Clock;

  constructor(database: ServiceDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * The first key: read from `owner-key` in the folder, or made and written there, for its owner's eyes only. When the file was
   * lost, a new key takes the place of all others.
   * @throws StationError service.directory, service.database
   */
  ensureFirst(directory: string): Secret {
    const path = join(directory, FILE);
    const kept = readIfThere(path)?.trim();
    if (kept !== undefined && this.accepts(kept)) return new Secret(kept);
    const key = randomBytes(KEY_BYTES).toString("hex");
    atomically(this.#database, () => {
      this.#database.prepare("DELETE FROM api_key").run();
      this.#database
        .prepare("INSERT INTO api_key (sha256, created_at) VALUES (?, ?)")
        .run(digestOf(key), isoTime(this.#clock.now()));
    });
    writeWhole(path, `${key}\n`, "private");
    return new Secret(key);
  }

  /** Whether a text is one of the keys. Looking up a digest tells nothing about how close a guess came. */
  accepts(key: string): boolean {
    if (key === "" || key.length > LONGEST_KEY) return false;
    return this.#database.prepare("SELECT 1 FROM api_key WHERE sha256 = ?").get(digestOf(key)) !== undefined;
  }
}

function digestOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
