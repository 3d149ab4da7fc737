import type { DocumentKind } from "../../contract/desktop-library.ts";
import { MAIN_FILE } from "../../contract/line-publication.ts";
import { asStationError } from "../../core/error.ts";
import type { LineDocument, LineDocuments } from "../library/line-documents.ts";
import { publishedId } from "./published-id.ts";
import type { PublishedCopy, PublishedShelf } from "./published-shelf.ts";

/** The copies of a line's documents as the library lists them: each content under a name of its own, for ever. */
export class PublishedDocuments implements LineDocuments {
  readonly #shelf: PublishedShelf;

  constructor(shelf: PublishedShelf) {
    this.#shelf = shelf;
  }

  async all(kind: DocumentKind): Promise<readonly LineDocument[]> {
    if (kind === "profile") return [];
    const copies = await this.#shelf.copies(kind);
    const documents: LineDocument[] = [];
    // One after the other: a long list must not hold all of the system's file handles.
    for (const copy of copies) documents.push(await this.#document(copy));
    return documents;
  }

  async find(kind: DocumentKind, id: string): Promise<LineDocument | undefined> {
    if (kind === "profile") return undefined;
    const copies = await this.#shelf.copies(kind);
    const copy = copies.find(({ verified }) => publishedId(verified.statement) === id);
    return copy === undefined ? undefined : this.#document(copy);
  }

  async #document(copy: PublishedCopy): Promise<LineDocument> {
    const { statement } = copy.verified;
    const refused = await this.#shelf.requireSound(copy).then(
      () => undefined,
      (error: unknown) => asStationError(error),
    );
    return {
      ...{ id: publishedId(statement), path: copy.path, publishedAt: statement.at },
      text: async () => {
        const bytes = (await this.#shelf.read(copy)).get(MAIN_FILE[statement.kind]);
        return new TextDecoder("utf-8").decode(bytes);
      },
      ...(refused === undefined ? {} : { refused }),
    };
  }
}
