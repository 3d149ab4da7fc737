import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder, writeDurably, writeSynced } from "../../audit/durable-file.ts";
import type { DocumentKind } from "../../contract/desktop-library.ts";
import { StationError } from "../../core/error.ts";
import type { CompanionFile } from "./companion-files.ts";
import { isAbsent, RECIPE_FILE, type Shelf } from "./shelf.ts";

/** Begins the names of what is being written or removed; no document has such a name. */
const UNFINISHED = ".unfinished-";
/** Recipes may hold keys: only the station's user reads them. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** A document as it is to stand on the shelf. */
export type NewDocument = {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly text: string;
  readonly files: readonly CompanionFile[];
};

/** Writes a shelf so that after a power cut each document is there whole or not at all. */
export class ShelfWriter {
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** Clears away what a power cut left unfinished; harmless when it cannot. */
  async tidy(): Promise<void> {
    for (const kind of ["recipe", "fixture", "profile"] as const) {
      const folder = this.#shelf.folder(kind);
      const names = await readdir(folder).catch(() => []);
      for (const name of names.filter(isUnfinished))
        await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /** Puts a document where none is. @throws StationError library.write: nothing stands there then */
  async create(document: NewDocument): Promise<void> {
    const { kind, id } = document;
    await this.#writing(kind, id, async () => {
      await mkdir(this.#shelf.folder(kind), { recursive: true });
      if (kind === "recipe") await this.#createRecipe(document);
      else await this.#createFile(document);
    });
  }

  /** Puts a text in place of the document's old one. @throws StationError library.write: the old one stays */
  async replace(kind: DocumentKind, id: string, text: string): Promise<void> {
    await this.#writing(kind, id, () => writeDurably(this.#shelf.path(kind, id), text, FILE_MODE));
  }

  /** Puts further files beside a document; those that are there stay. @throws StationError library.write, library.exists */
  async attach(kind: DocumentKind, id: string, files: readonly CompanionFile[]): Promise<void> {
    const folder = this.#shelf.companions(kind, id);
    await this.#writing(kind, id, async () => {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      for (const file of files) await attachFile(folder, file);
      await syncFolder(folder);
    });
  }

  /** Takes a document away with its files. @throws StationError library.write */
  async remove(kind: DocumentKind, id: string): Promise<void> {
    await this.#writing(kind, id, async () => {
      if (kind !== "recipe") await unlink(this.#shelf.path(kind, id));
      await this.#removeFolder(this.#shelf.companions(kind, id));
    });
  }

  async #createRecipe({ kind, id, text, files }: NewDocument): Promise<void> {
    const folder = this.#shelf.companions(kind, id);
    const staged = stagedName(folder);
    try {
      await writeFolder(staged, [{ path: RECIPE_FILE, bytes: Buffer.from(text, "utf8") }, ...files]);
      await rename(staged, folder);
    } catch (error) {
      await rm(staged, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
    await syncFolder(dirname(folder));
  }

  /** The files come first: a text that is there has them. */
  async #createFile({ kind, id, text, files }: NewDocument): Promise<void> {
    const folder = this.#shelf.companions(kind, id);
    try {
      if (files.length > 0) await writeFolder(folder, files);
      await writeDurably(this.#shelf.path(kind, id), text, FILE_MODE);
    } catch (error) {
      if (files.length > 0) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Renamed first: a folder that is half removed is no document any more. */
  async #removeFolder(folder: string): Promise<void> {
    const away = stagedName(folder);
    try {
      await rename(folder, away);
    } catch (error) {
      if (isAbsent(error)) return;
      throw error;
    }
    await syncFolder(dirname(folder));
    await rm(away, { recursive: true, force: true });
  }

  async #writing(kind: DocumentKind, id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (cause instanceof StationError) throw cause;
      const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
      const facts = { folder: this.#shelf.folder(kind), document: id, reason };
      throw new StationError("library.write", "the library cannot be written", facts, { cause });
    }
  }
}

function stagedName(folder: string): string {
  return join(dirname(folder), `${UNFINISHED}${randomBytes(8).toString("hex")}`);
}

function isUnfinished(name: string): boolean {
  return name.startsWith(UNFINISHED) || /\.[0-9a-f]{12}\.new$/.test(name);
}

/** Makes a folder with files, all of it on the disk when it resolves. */
async function writeFolder(folder: string, files: readonly CompanionFile[]): Promise<void> {
  await mkdir(folder, { mode: FOLDER_MODE });
  const folders = new Set([folder]);
  for (const { path, bytes } of files) {
    const target = join(folder, ...path.split("/"));
    await mkdir(dirname(target), { recursive: true, mode: FOLDER_MODE });
    folders.add(dirname(target));
    await writeSynced(target, bytes, FILE_MODE);
  }
  for (const written of folders) await syncFolder(written);
}

async function attachFile(folder: string, { path, bytes }: CompanionFile): Promise<void> {
  try {
    await writeSynced(join(folder, path), bytes, FILE_MODE);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
    throw new StationError("library.exists", "there is a file of this name already", { file: path }, { cause });
  }
}
