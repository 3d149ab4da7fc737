import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { OwnerRole } from "../contract/owner-api.ts";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { isoTime } from "../core/iso-time.ts";
import { Secret } from "../core/secret.ts";
import { atomically, type ServiceDatabase } from "./database.ts";
import { readIfThere, writeWhole } from "./private-file.ts";
import type { TeamStore } from "./team-store.ts";

const FILE = "owner-key";
const KEY_BYTES = 32;
const LONGEST_KEY = 256;

/** Who an API key speaks for. */
export type KeyHolder = {
  /** Digest of the key. */
  readonly key: string;
  readonly team: number;
  readonly role: OwnerRole;
};

/** A key that was made by name, without the key itself. */
export type NamedKey = {
  readonly name: string;
  readonly team: string;
  readonly role: OwnerRole;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
};

/** API keys of owners. The database has digests only; a key of 256 random bits needs no salt and no slow hash. */
export class OwnerKeys {
  readonly #database: ServiceDatabase;
  readonly #teams: TeamStore;
  readonly #clock: Clock;

  constructor(database: ServiceDatabase, teams: TeamStore, clock: Clock) {
    this.#database = database;
    this.#teams = teams;
    this.#clock = clock;
  }

  /**
   * The first key, an owner's of the team that is always there: read from `owner-key` in the folder, or made and written there,
   * for its owner's eyes only. When the file was lost, a new key takes the old one's place.
   * @throws StationError service.directory, service.database
   */
  ensureFirst(directory: string): Secret {
    const path = join(directory, FILE);
    const kept = readIfThere(path)?.trim();
    if (kept !== undefined && this.holder(kept) !== undefined) return new Secret(kept);
    const key = newKey();
    atomically(this.#database, () => {
      this.#database.prepare("DELETE FROM api_key WHERE name = ''").run();
      this.#insert(key, "", 1, "owner");
    });
    writeWhole(path, `${key}\n`, "private");
    return new Secret(key);
  }

  /**
   * Makes a key by name, for a team that is made where there is none of that name.
   * @throws StationError service.conflict when a key has the name, service.database
   */
  add(name: string, role: OwnerRole, team: string): Secret {
    const key = newKey();
    atomically(this.#database, () => {
      if (this.#database.prepare("SELECT 1 FROM api_key WHERE name = ?").get(name) !== undefined)
        throw new StationError("service.conflict", "a key has this name already", { name });
      this.#insert(key, name, this.#teams.ensure(team), role);
    });
    return new Secret(key);
  }

  /** The keys that were made by name, oldest first. */
  list(): readonly NamedKey[] {
    return this.#database
      .prepare<[], NamedKey>(
        `SELECT k.name, t.name AS team, k.role, k.created_at AS createdAt
         FROM api_key k JOIN team t ON t.id = k.team WHERE k.name <> '' ORDER BY k.created_at, k.name`,
      )
      .all();
  }

  /** Takes a key out of use; what its team owns stays. @throws StationError service.not-found, service.database */
  remove(name: string): void {
    const gone = atomically(this.#database, () =>
      name === "" ? 0 : this.#database.prepare("DELETE FROM api_key WHERE name = ?").run(name).changes,
    );
    if (gone === 0) throw new StationError("service.not-found", "no key has this name", { name });
  }

  /** Whose key a text is, if it is one. Looking up a digest tells nothing about how close a guess came. */
  holder(key: string): KeyHolder | undefined {
    if (key === "" || key.length > LONGEST_KEY) return undefined;
    return this.#database
      .prepare<[string], KeyHolder>("SELECT sha256 AS key, team, role FROM api_key WHERE sha256 = ?")
      .get(digestOf(key));
  }

  #insert(key: string, name: string, team: number, role: OwnerRole): void {
    this.#database
      .prepare("INSERT INTO api_key (sha256, name, team, role, created_at) VALUES (?, ?, ?, ?, ?)")
      .run(digestOf(key), name, team, role, isoTime(this.#clock.now()));
  }
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString("hex");
}

function digestOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
