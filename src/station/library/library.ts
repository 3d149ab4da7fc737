import { basename } from "node:path";
import type { DocumentKind, DocumentProblem, LibraryDocument, OpenedDocument } from "../../contract/desktop-library.ts";
import { DocumentIdSchema } from "../../contract/desktop-library.ts";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { LARGEST_NAMED } from "../files/beside.ts";
import { readTextFile } from "../files/text-file.ts";
import { Catalogue, type BornDocument } from "./catalogue.ts";
import { companionPaths, MOST_COMPANIONS, type CompanionFile } from "./companion-files.ts";
import { draftCopy, draftImport, slug, type Draft, type ImportDraft } from "./drafts.ts";
import { LibraryReader, problemsOf, type ReaderParts } from "./library-reader.ts";
import type { LineDocuments } from "./line-documents.ts";
import { RECIPE_FILE, requireId, Shelf } from "./shelf.ts";
import { ShelfWriter } from "./shelf-writer.ts";

/** What a library is made of. */
export type LibraryParts = ReaderParts & {
  /** Folder of the documents of one's own: `recipes`, `fixtures`, `profiles` below it. */
  readonly own: string;
  /** Folder of the documents that come with the station, of the same form. */
  readonly builtIn: string;
  readonly born: readonly BornDocument[];
  /** What was published for the line of the station, where it has one now. */
  readonly line?: () => LineDocuments | undefined;
};

/** Names one document. */
export type Which = { readonly kind: DocumentKind; readonly id: string };

/** Documents of one's own of a kind: enough for a factory, few enough to be listed at once. */
export const MOST_DOCUMENTS = 400;

/**
 * The station's recipes, fixtures and profiles: those that come with it and a person's own. Changes are made one after the other;
 * each is on the disk whole, or not at all.
 */
export class Library {
  readonly #parts: LibraryParts;
  readonly #own: Shelf;
  readonly #catalogue: Catalogue;
  readonly #reader: LibraryReader;
  readonly #writer: ShelfWriter;
  #changing: Promise<unknown>;

  constructor(parts: LibraryParts) {
    this.#parts = parts;
    this.#own = new Shelf(parts.own);
    this.#catalogue = new Catalogue(parts.born, new Shelf(parts.builtIn), this.#own, parts.line);
    this.#reader = new LibraryReader(parts);
    this.#writer = new ShelfWriter(this.#own);
    this.#changing = this.#writer.tidy();
  }

  /** @throws StationError file.unreadable */
  async list(kind: DocumentKind): Promise<LibraryDocument[]> {
    const listed: LibraryDocument[] = [];
    // One after the other: a long list must not hold all of the system's file handles.
    for (const found of await this.#catalogue.all(kind)) listed.push((await this.#reader.read(found)).document);
    return listed;
  }

  /** @throws StationError library.id, library.missing */
  async read({ kind, id }: Which): Promise<OpenedDocument> {
    return this.#reader.open(await this.#catalogue.find(kind, id));
  }

  /**
   * Where the line finds a document that is sound; undefined: it is born with the station.
   * @throws StationError library.id, library.missing, library.revision-used, file.* for its problems
   */
  async locate({ kind, id }: Which): Promise<string | undefined> {
    const found = await this.#catalogue.find(kind, id);
    const { checked } = await this.#reader.read(found);
    if (!checked.ok) throw checked.error;
    return found.origin === "born" ? undefined : found.path;
  }

  /** Whether a document was published for the line: it runs only as it was signed. @throws StationError library.id, library.missing */
  async isOfLine({ kind, id }: Which): Promise<boolean> {
    return (await this.#catalogue.find(kind, id)).origin === "line";
  }

  /** What is wrong in a text that would be saved under this name. @throws StationError library.id */
  async check({ kind, id }: Which, text: string): Promise<DocumentProblem[]> {
    return [...problemsOf(await this.#reader.checkOwn(kind, this.#own.path(kind, id), text))];
  }

  /**
   * Writes a document of one's own: a new one, or (`replace`) the text of one that is there.
   * @throws StationError file.* while the text has problems; library.*: nothing has changed then
   */
  save({ kind, id }: Which, text: string, replace: boolean): Promise<LibraryDocument> {
    return this.#change(async () => {
      if (replace) await this.#requireOwn({ kind, id });
      else await this.#requireFree({ kind, id });
      const checked = await this.#reader.checkOwn(kind, this.#own.path(kind, id), text);
      if (!checked.ok) throw checked.error;
      if (replace) await this.#writer.replace(kind, id, text);
      else await this.#create({ kind, id }, { text, files: [] });
      return this.#listed({ kind, id });
    });
  }

  /** Copies a document with its files. @throws StationError library.*, file.*: nothing has changed then */
  duplicate({ kind, id }: Which, as: string, revision?: string): Promise<LibraryDocument> {
    return this.#change(async () => {
      const found = await this.#catalogue.find(kind, id);
      await this.#requireFree({ kind, id: as });
      await this.#create({ kind, id: as }, await draftCopy(found, as, revision));
      return this.#listed({ kind, id: as });
    });
  }

  /** Takes a document of one's own away. @throws StationError library.* */
  remove({ kind, id }: Which): Promise<void> {
    return this.#change(async () => {
      await this.#requireOwn({ kind, id });
      if (this.#parts.inUse(kind, id))
        throw new StationError("library.in-use", "the line works with this document", { kind, id });
      await this.#writer.remove(kind, id);
    });
  }

  /**
   * Copies files, or recipes' folders, from elsewhere; each gets a free name after its own, those with problems too.
   * @throws StationError library.*, file.*: what could be copied before is there
   */
  import(kind: DocumentKind, sources: readonly string[]): Promise<LibraryDocument[]> {
    return this.#change(async () => {
      const drafts: ImportDraft[] = [];
      for (const source of sources) drafts.push(await draftImport(kind, source));
      const listed: LibraryDocument[] = [];
      for (const { name, draft } of drafts) {
        const id = await this.#freeId(kind, name);
        await this.#create({ kind, id }, await draft(id));
        listed.push(await this.#listed({ kind, id }));
      }
      return listed;
    });
  }

  /**
   * Copies files beside a document of one's own, for its text to name.
   * @throws StationError library.exists where one of that name is there; library.*, file.*
   */
  attach({ kind, id }: Which, sources: readonly string[]): Promise<OpenedDocument> {
    return this.#change(async () => {
      await this.#requireOwn({ kind, id });
      const files = await Promise.all(sources.map(attachedFile));
      const there = await companionPaths(this.#own.companions(kind, id));
      if (there.length + files.length > MOST_COMPANIONS)
        throw new StationError("library.full", "too many files for one document", {
          limit: quantity(MOST_COMPANIONS, "items"),
        });
      await this.#writer.attach(kind, id, files);
      return this.read({ kind, id });
    });
  }

  async #listed({ kind, id }: Which): Promise<LibraryDocument> {
    return (await this.#reader.read(await this.#catalogue.find(kind, id))).document;
  }

  async #requireOwn({ kind, id }: Which): Promise<void> {
    const { origin } = await this.#catalogue.find(kind, id);
    if (origin === "own") return;
    const source = origin === "line" ? "line" : "station";
    throw new StationError("library.built-in", `the document comes with the ${source}`, { kind, id });
  }

  async #requireFree({ kind, id }: Which): Promise<void> {
    requireId(id);
    if (!(await this.#catalogue.isTaken(kind, id))) return;
    throw new StationError("library.exists", "there is a document of this name already", { kind, id });
  }

  async #create({ kind, id }: Which, { text, files }: Draft): Promise<void> {
    if ((await this.#own.ids(kind)).length >= MOST_DOCUMENTS)
      throw new StationError("library.full", "the library is full", { limit: quantity(MOST_DOCUMENTS, "items") });
    await this.#writer.create({ kind, id, text, files });
  }

  /** `tray`, else `tray-2`, `tray-3` … */
  async #freeId(kind: DocumentKind, name: string): Promise<string> {
    for (let number = 1; number <= MOST_DOCUMENTS; number++) {
      const id = number === 1 ? name : `${name}-${number}`;
      if (DocumentIdSchema.safeParse(id).success && !(await this.#catalogue.isTaken(kind, id))) return id;
    }
    throw new StationError("library.exists", "there are too many documents of this name", { kind, id: name });
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(work);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }
}

/** A file from elsewhere under a name that every system takes. @throws StationError library.id, file.* */
async function attachedFile(source: string): Promise<CompanionFile> {
  const name = slug(basename(source), "");
  if (name === "" || name === RECIPE_FILE || !DocumentIdSchema.safeParse(name.replace(/\.yaml$/, ".yml")).success)
    throw new StationError("library.id", "the file has no usable name", { file: basename(source).slice(0, 80) });
  const { bytes } = await readTextFile(source, LARGEST_NAMED, "keep");
  return { path: name, bytes };
}
