import { createHash } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { z } from "zod";
import { writeDurably } from "../../src/audit/durable-file.ts";
import type { KeyProtection } from "../../src/contract/desktop-service.ts";
import type { Clock } from "../../src/core/clock.ts";
import { StationError } from "../../src/core/error.ts";
import { isoTime } from "../../src/core/iso-time.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Cipher, SystemCipher } from "./cipher.ts";
import { isReadable, readVault, vaultText, type VaultEntry } from "./vault-file.ts";

export type VaultParts = {
  readonly file: string;
  readonly system: SystemCipher;
  /** For those who insist where the system protects nothing. */
  readonly fallback: Cipher;
  readonly clock: Clock;
};

/** What is known of a kept secret without opening it. */
export type KeptFacts = Omit<VaultEntry, "blob">;

/** What is sealed: name and address with the secret, so that no entry can be passed off as another one. */
const SealedSchema = z.strictObject({ name: z.string(), address: z.string(), secret: z.string() });

/** The first 8 hex digits of a secret's SHA-256. */
export function fingerprintOf(secret: Secret): string {
  return createHash("sha256").update(secret.reveal()).digest("hex").slice(0, 8);
}

/** Secrets in a file, each sealed; changes are made one after the other, each is on the disk whole or not at all. */
export class Vault {
  readonly #parts: VaultParts;
  /** Why the file could not be used when it was opened. */
  readonly problem: StationError | undefined;
  #entries: ReadonlyMap<string, VaultEntry>;
  /** Entries that could not be opened: their file is kept aside before they are written over. */
  readonly #unopened = new Set<string>();
  #changing: Promise<unknown> = Promise.resolve();

  private constructor(parts: VaultParts, entries: ReadonlyMap<string, VaultEntry>, problem: StationError | undefined) {
    this.#parts = parts;
    this.#entries = entries;
    this.problem = problem;
  }

  /** Reads the file; one that cannot be used makes an empty vault with a {@link problem}. Never throws. */
  static async open(parts: VaultParts): Promise<Vault> {
    const { entries, problem } = await readVault(parts.file, stampOf(parts.clock));
    return new Vault(parts, entries, problem);
  }

  /** How the next secret would be kept. */
  async protection(): Promise<KeyProtection> {
    const protects = await this.#parts.system.protects().catch(() => false);
    return protects ? "system" : "file";
  }

  facts(name: string): KeptFacts | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    const { blob: _blob, ...facts } = entry;
    return facts;
  }

  /**
   * The secret of a name, if there is one for this address.
   * @throws StationError vault.sealed when it cannot be opened here, vault.other-address when it is for another address
   */
  async read(name: string, address: string): Promise<Secret | undefined> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    const sealed = await this.#open(name, entry);
    if (sealed.address !== address)
      throw new StationError("vault.other-address", "the kept key is for another address", { name, address });
    return new Secret(sealed.secret);
  }

  /**
   * Keeps a secret for an address, in place of the one before.
   * @param insist keeps it where the system protects nothing, sealed with a key that lies beside it
   * @throws StationError vault.unprotected, vault.too-large, vault.unwritable: nothing has changed then
   */
  keep(name: string, secret: Secret, address: string, insist = false): Promise<void> {
    return this.#change(name, async () => {
      const protection = await this.protection();
      if (protection === "file" && !insist)
        throw new StationError("vault.unprotected", "the system has no protected store for keys", { name });
      const text = new Secret(JSON.stringify({ name, address, secret: secret.reveal() }));
      const blob = Buffer.from(await this.#cipher(protection).seal(text)).toString("base64");
      const keptAt = isoTime(this.#parts.clock.now());
      return new Map(this.#entries).set(name, { blob, protection, fingerprint: fingerprintOf(secret), keptAt });
    });
  }

  /** Takes a secret out; harmless when there is none. @throws StationError vault.unwritable */
  forget(name: string): Promise<void> {
    return this.#change(name, () => {
      const entries = new Map(this.#entries);
      return Promise.resolve(entries.delete(name) ? entries : undefined);
    });
  }

  #cipher(protection: KeyProtection): Cipher {
    return protection === "system" ? this.#parts.system : this.#parts.fallback;
  }

  async #open(name: string, entry: VaultEntry): Promise<z.output<typeof SealedSchema>> {
    try {
      const text = await this.#cipher(entry.protection).open(Buffer.from(entry.blob, "base64"));
      const sealed = SealedSchema.parse(JSON.parse(text.reveal()));
      if (sealed.name === name) return sealed;
    } catch {
      // Neither what the system says nor a parser's message about a secret's text is passed on.
    }
    this.#unopened.add(name);
    throw new StationError("vault.sealed", "the kept key cannot be opened here", { name });
  }

  #change(name: string, changed: () => Promise<ReadonlyMap<string, VaultEntry> | undefined>): Promise<void> {
    const { file } = this.#parts;
    const change = this.#changing.then(async () => {
      try {
        const entries = await changed();
        if (entries === undefined) return;
        const text = vaultText(entries);
        if (!isReadable(text)) throw new StationError("vault.too-large", "the vault cannot hold this", { name });
        if (this.#unopened.has(name)) await copyFile(file, `${file}.unopened-${stampOf(this.#parts.clock)}`);
        await writeDurably(file, text, 0o600);
        this.#unopened.delete(name);
        this.#entries = entries;
      } catch (cause) {
        if (cause instanceof StationError) throw cause;
        throw new StationError("vault.unwritable", "the vault cannot be written", { file }, { cause });
      }
    });
    this.#changing = change.catch(() => undefined);
    return change;
  }
}

/** A time as part of a file's name: `20260301T080000Z`. */
function stampOf(clock: Clock): string {
  return `${isoTime(clock.now()).slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}
