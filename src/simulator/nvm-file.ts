import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { Credential, NonVolatileMemory } from "./credential.ts";

const LARGEST_FILE = 16_777_216;

/**
 * A board's credentials in a file of a folder, so that they outlive the process. Private keys of simulated boards rest in it;
 * only the owner can read it.
 * @param uuid the board that the file belongs to
 */
export class NvmFile implements NonVolatileMemory {
  readonly #path: string;
  readonly #uuid: string;

  constructor(folder: string, uuid: string) {
    this.#path = join(folder, `${uuid}.json`);
    this.#uuid = uuid;
    attempt(folder, "the folder cannot be made", () => mkdirSync(folder, { recursive: true }));
  }

  /** @throws StationError simulator.storage naming the file when it cannot be read or is not of this kind */
  load(): readonly Credential[] {
    const text = attempt(this.#path, "the file cannot be read", () => readIfThere(this.#path));
    if (text === undefined) return [];
    if (text.length > LARGEST_FILE) {
      throw storageError(this.#path, "the file is too large", { limit: quantity(LARGEST_FILE, "bytes") });
    }
    const value = attempt(this.#path, "the file is no JSON", (): unknown => JSON.parse(text));
    const rows = isRecord(value) && value["uuid"] === this.#uuid ? value["credentials"] : undefined;
    if (!Array.isArray(rows)) throw storageError(this.#path, "the file does not belong to this board");
    return rows.map((row: unknown, index) => credentialOf(row) ?? this.#badRow(index));
  }

  /** @throws StationError simulator.storage when the file cannot be written */
  save(credentials: readonly Credential[]): void {
    const rows = credentials.map((one) => ({ ...one, content: Buffer.from(one.content).toString("base64") }));
    const beside = `${this.#path}.new`;
    attempt(this.#path, "the file cannot be written", () => {
      writeFileSync(beside, JSON.stringify({ uuid: this.#uuid, credentials: rows }), { mode: 0o600 });
      renameSync(beside, this.#path);
    });
  }

  #badRow(index: number): never {
    throw storageError(this.#path, "a credential in the file is malformed", { row: index + 1 });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isRecord(error) && error["code"] === "ENOENT") return undefined;
    throw error;
  }
}

function credentialOf(row: unknown): Credential | undefined {
  if (!isRecord(row)) return undefined;
  const { tag, type, content, sha256, generated } = row;
  if (!isUint32(tag) || !isUint32(type) || typeof content !== "string" || typeof generated !== "boolean")
    return undefined;
  if (typeof sha256 !== "string" || !/^[0-9A-F]{64}$/.test(sha256)) return undefined;
  return { tag, type, content: Uint8Array.from(Buffer.from(content, "base64")), sha256, generated };
}

function isUint32(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function attempt<T>(file: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw storageError(file, what, {}, cause);
  }
}

function storageError(
  file: string,
  what: string,
  facts: ConstructorParameters<typeof StationError>[2] = {},
  cause?: unknown,
): StationError {
  return new StationError("simulator.storage", what, { file, ...facts }, cause === undefined ? {} : { cause });
}
