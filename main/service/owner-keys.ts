import type { KeyFacts, KeyProtection } from "../../src/contract/desktop-service.ts";
import type { Profile } from "../../src/contract/profile.ts";
import { asStationError, StationError } from "../../src/core/error.ts";
import { Secret } from "../../src/core/secret.ts";
import { fingerprintOf, type Vault } from "../vault/vault.ts";

/** The key that is used with a profile, and where it comes from; `problem`: why a kept one cannot be used. */
export type FoundKey = { readonly key?: Secret; readonly facts: KeyFacts; readonly problem?: StationError };

/** What of a profile its key depends on. */
export type KeyedProfile = Pick<Profile, "owner">;

/** How a key that is entered is held: in memory until the station is closed, or in the vault. */
export type KeyKeeping = "session" | "vault" | "unprotected";

/**
 * The owner's API keys by profile: the environment's comes first, then the vault's, then the one in memory. A key is for the address
 * it was entered for: a profile that is changed to lead elsewhere does not take it along.
 */
export class OwnerKeys {
  readonly #vault: Vault;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #session = new Map<string, { readonly key: Secret; readonly address: string }>();
  readonly #found = new Map<string, Secret>();

  constructor(vault: Vault, environment: Readonly<Record<string, string | undefined>>) {
    this.#vault = vault;
    this.#environment = environment;
  }

  /** How the next key would be kept. */
  protection(): Promise<KeyProtection> {
    return this.#vault.protection();
  }

  /** Whether the environment variable that a profile names holds something. */
  isSet(variable: string): boolean {
    return (this.#environment[variable] ?? "") !== "";
  }

  /** Looks for the key of a profile. Never throws: a kept key that cannot be used is told. */
  async find(id: string, profile: KeyedProfile): Promise<FoundKey> {
    const found = await this.#find(id, profile);
    if (found.key === undefined) this.#found.delete(id);
    else this.#found.set(id, found.key);
    return found;
  }

  /** The key of a profile as it was found last, or entered since; for orders, which cannot wait. */
  known(id: string): Secret | undefined {
    return this.#found.get(id);
  }

  /** Takes a key in place of the one before. @throws StationError vault.*; desktop.request for a profile without an owner side */
  async enter(id: string, profile: KeyedProfile, key: Secret, keep: KeyKeeping): Promise<void> {
    const address = addressOf(profile);
    if (address === undefined) throw new StationError("desktop.request", "the profile names no owner API", { id });
    if (keep === "session") {
      await this.#vault.forget(nameOf(id));
      this.#session.set(id, { key, address });
    } else {
      await this.#vault.keep(nameOf(id), key, address, keep === "unprotected");
      this.#session.delete(id);
    }
    await this.find(id, profile);
  }

  /** Forgets the key of a profile; the environment's stays. @throws StationError vault.unwritable */
  async forget(id: string): Promise<void> {
    await this.#vault.forget(nameOf(id));
    this.#session.delete(id);
    this.#found.delete(id);
  }

  async #find(id: string, profile: KeyedProfile): Promise<FoundKey> {
    const address = addressOf(profile);
    if (address === undefined) return { facts: { from: "none" } };
    const variable = profile.owner?.keyEnv;
    const given = variable === undefined ? "" : (this.#environment[variable] ?? "");
    if (variable !== undefined && given !== "") {
      const key = new Secret(given);
      return { key, facts: { from: "environment", variable, fingerprint: fingerprintOf(key) } };
    }
    return (await this.#kept(id, address)) ?? this.#held(id, address);
  }

  async #kept(id: string, address: string): Promise<FoundKey | undefined> {
    const facts = this.#vault.facts(nameOf(id));
    if (facts === undefined) return undefined;
    try {
      const key = await this.#vault.read(nameOf(id), address);
      return key === undefined ? undefined : { key, facts: { from: "vault", ...facts } };
    } catch (error) {
      return { ...this.#held(id, address), problem: asStationError(error) };
    }
  }

  #held(id: string, address: string): FoundKey {
    const { problem } = this.#vault;
    const held = this.#session.get(id);
    if (held?.address === address)
      return { key: held.key, facts: { from: "session", fingerprint: fingerprintOf(held.key) } };
    return problem === undefined ? { facts: { from: "none" } } : { facts: { from: "none" }, problem };
  }
}

function nameOf(id: string): string {
  return `owner-key:${id}`;
}

/** Where a profile's key is sent to: scheme, host and port of the owner API. */
function addressOf({ owner }: KeyedProfile): string | undefined {
  if (owner === undefined) return undefined;
  return URL.canParse(owner.base) ? new URL(owner.base).origin : owner.base;
}
