import type { DocumentKind } from "../../contract/desktop-library.ts";
import type { StationError } from "../../core/error.ts";

/** A document that engineers published for the line of this station. */
export type LineDocument = {
  readonly id: string;
  /** The station's copy. */
  readonly path: string;
  readonly publishedAt: string;
  /** The text as it was signed. @throws StationError line.document-* */
  readonly text: () => Promise<string>;
  /** Why it cannot be used: it was withdrawn, or the copy is not what was signed. */
  readonly refused?: StationError;
};

/** What a line has published, as far as this station has a copy that a publisher whom it trusts has signed. */
export interface LineDocuments {
  all(kind: DocumentKind): Promise<readonly LineDocument[]>;
  find(kind: DocumentKind, id: string): Promise<LineDocument | undefined>;
}
