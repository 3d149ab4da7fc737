import { stat } from "node:fs/promises";
import type { DocumentKind } from "../../contract/desktop-library.ts";
import { StationError } from "../../core/error.ts";
import { isoTime } from "../../core/iso-time.ts";
import { readDocument } from "../files/load-document.ts";
import type { LineDocument, LineDocuments } from "./line-documents.ts";
import type { Shelf } from "./shelf.ts";

/** A document that the station is born with: what it stands for is made by the program, not read from a file. */
export type BornDocument = {
  readonly kind: DocumentKind;
  readonly id: string;
  /** The document as it would be written for a station that finds the same things by itself. */
  readonly text: () => string;
};

/** Where a document is: `born` has no file; `path` is where one of its name would lie. */
export type FoundDocument = {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly origin: "born" | "built-in" | "line" | "own";
  readonly path: string;
  readonly text: () => Promise<string>;
  /** Of the line: when it was published. */
  readonly publishedAt?: string;
  /** Of the line: why it cannot be used. */
  readonly refused?: StationError;
};

/** Everything that there is of a kind: what the station is born with, what comes with it as files, the line's, and a person's own. */
export class Catalogue {
  readonly #born: readonly BornDocument[];
  readonly #builtIn: Shelf;
  readonly #own: Shelf;
  readonly #line: () => LineDocuments | undefined;

  /** @param line the documents of the station's line, where it has one */
  constructor(
    born: readonly BornDocument[],
    builtIn: Shelf,
    own: Shelf,
    line: () => LineDocuments | undefined = () => undefined,
  ) {
    this.#born = born;
    this.#builtIn = builtIn;
    this.#own = own;
    this.#line = line;
  }

  /** @throws StationError library.id, library.missing */
  async find(kind: DocumentKind, id: string): Promise<FoundDocument> {
    const found = await this.#find(kind, id);
    if (found === undefined) throw new StationError("library.missing", "there is no such document", { kind, id });
    return found;
  }

  /** Whether a new document may have this name. @throws StationError library.id */
  async isTaken(kind: DocumentKind, id: string): Promise<boolean> {
    return (await this.#own.isTaken(kind, id)) || (await this.#find(kind, id)) !== undefined;
  }

  /** Every document of a kind, the built-in ones first. */
  async all(kind: DocumentKind): Promise<readonly FoundDocument[]> {
    const born = this.#born.filter((document) => document.kind === kind).map(({ id }) => id);
    const ids = new Set([...born, ...(await this.#builtIn.ids(kind)), ...(await this.#own.ids(kind))]);
    const found = await Promise.all([...ids].map((id) => this.#findHere(kind, id)));
    const here = found.flatMap((document) => (document === undefined ? [] : [document]));
    const line = (await this.#line()?.all(kind)) ?? [];
    return [...here, ...line.filter(({ id }) => !ids.has(id)).map((document) => ofLine(kind, document))];
  }

  async #find(kind: DocumentKind, id: string): Promise<FoundDocument | undefined> {
    const here = await this.#findHere(kind, id);
    if (here !== undefined) return here;
    const document = await this.#line()?.find(kind, id);
    return document === undefined ? undefined : ofLine(kind, document);
  }

  async #findHere(kind: DocumentKind, id: string): Promise<FoundDocument | undefined> {
    const path = this.#builtIn.path(kind, id);
    const born = this.#born.find((document) => document.kind === kind && document.id === id);
    if (born !== undefined) return { ...{ kind, id, path }, origin: "born", text: () => Promise.resolve(born.text()) };
    for (const [origin, shelf] of [
      ["built-in", this.#builtIn],
      ["own", this.#own],
    ] as const) {
      const file = shelf.path(kind, id);
      if (await shelf.has(kind, id)) return { kind, id, origin, path: file, text: () => readDocument(file) };
    }
    return undefined;
  }
}

function ofLine(kind: DocumentKind, document: LineDocument): FoundDocument {
  return { kind, origin: "line", ...document };
}

/** When a document was changed, the line's: published; one without a file never was. */
export async function changedAt({ path, publishedAt }: FoundDocument): Promise<string> {
  if (publishedAt !== undefined) return publishedAt;
  const time = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  return isoTime(Math.min(Math.max(0, Math.floor(time)), 253_402_300_799_999));
}
