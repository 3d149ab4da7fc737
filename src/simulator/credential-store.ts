import type { Credential, NonVolatileMemory, StorageLimits } from "./credential.ts";

/** A modem's credential storage: no rules of access, only what is there and whether more fits. */
export class CredentialStore {
  readonly #entries = new Map<string, Credential>();
  readonly #limits: StorageLimits;
  readonly #memory: NonVolatileMemory | undefined;

  /** @param memory where the credentials outlive the process; they are loaded at once */
  constructor(limits: StorageLimits, memory?: NonVolatileMemory) {
    this.#limits = limits;
    this.#memory = memory;
    for (const credential of memory?.load() ?? [])
      this.#entries.set(keyOf(credential.tag, credential.type), credential);
  }

  get(tag: number, type: number): Credential | undefined {
    return this.#entries.get(keyOf(tag, type));
  }

  /** Whether a new entry of that many bytes fits beside the others; the entry of the same place counts as gone. */
  fits(tag: number, type: number, bytes: number): boolean {
    const others = this.list().filter((one) => one.tag !== tag || one.type !== type);
    const used = others.reduce((sum, one) => sum + one.content.length, 0);
    return others.length < this.#limits.entries && used + bytes <= this.#limits.bytes;
  }

  put(credential: Credential): void {
    this.#entries.set(keyOf(credential.tag, credential.type), credential);
    this.#save();
  }

  /** @returns false when there was nothing */
  delete(tag: number, type: number): boolean {
    const there = this.#entries.delete(keyOf(tag, type));
    if (there) this.#save();
    return there;
  }

  /** Removes everything. */
  clear(): void {
    this.#entries.clear();
    this.#save();
  }

  /** All credentials by tag, then type. */
  list(): readonly Credential[] {
    return [...this.#entries.values()].sort((a, b) => a.tag - b.tag || a.type - b.type);
  }

  #save(): void {
    this.#memory?.save(this.list());
  }
}

function keyOf(tag: number, type: number): string {
  return `${tag}/${type}`;
}
