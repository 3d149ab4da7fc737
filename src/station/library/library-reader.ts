import type { DocumentKind, DocumentProblem, LibraryDocument, OpenedDocument } from "../../contract/desktop-library.ts";
import type { StationError } from "../../core/error.ts";
import type { Environment } from "../files/recipe-materials.ts";
import { changedAt, type FoundDocument } from "./catalogue.ts";
import {
  authorityFiles,
  checkText,
  parseBorn,
  parseProfile,
  type CheckedText,
  type ParsedText,
} from "./check-document.ts";
import { companionPaths, listedFile, MOST_COMPANIONS, type ListedFile } from "./companion-files.ts";
import { dirname, join } from "node:path";
import type { ValueTable } from "../files/value-table.ts";
import { documentProblems } from "./library-problem.ts";
import { looseTitle, type Title } from "./loose-title.ts";
import { withRevisionChecked, type RecordedContents } from "./revision-conflict.ts";

/** What documents are judged by. */
export type ReaderParts = {
  readonly environment: Environment;
  /** Whether the line works with a document. */
  readonly inUse: (kind: DocumentKind, id: string) => boolean;
  readonly recorded: RecordedContents;
  /** The keys of a value file's rows that units have used; absent: nobody knows. */
  readonly usedRows?: (source: string) => readonly string[];
};

/** A document as it was found: its line of the list, its text, what that is worth. */
export type ReadDocument = {
  readonly document: LibraryDocument;
  readonly text: string;
  readonly checked: CheckedText;
};

/** Reads documents and says what they are worth. */
export class LibraryReader {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** Never throws for what stands in the document: its problems tell. */
  async read(found: FoundDocument): Promise<ReadDocument> {
    const { kind, id, origin } = found;
    const { text, checked } = await this.#textOf(found);
    const document: LibraryDocument = {
      ...{ kind, id, origin: origin === "born" ? "built-in" : origin },
      ...(checked.ok ? titleOf(checked.parsed) : (looseTitle(kind, text) ?? { title: id })),
      ...(checked.ok && checked.sha256 !== undefined ? { sha256: checked.sha256 } : {}),
      ...{ changedAt: await changedAt(found), problems: problemsOf(checked).length },
      inUse: this.#parts.inUse(kind, id),
    };
    return { document, text, checked };
  }

  async open(found: FoundDocument): Promise<OpenedDocument> {
    const { document, text, checked } = await this.read(found);
    return {
      ...{ document, text, problems: [...problemsOf(checked)] },
      ...(checked.ok ? { parsed: checked.parsed, ...this.#rowsOf(checked.values) } : {}),
      files: [...(await filesOf(found, text))],
    };
  }

  #rowsOf(values: ValueTable | undefined): Pick<OpenedDocument, "rows"> {
    const { usedRows } = this.#parts;
    if (values === undefined || usedRows === undefined) return {};
    return { rows: { total: values.size, used: values.countOf(usedRows(values.source)) } };
  }

  /** What a text of one's own is worth at this place. */
  async checkOwn(kind: DocumentKind, path: string, text: string): Promise<CheckedText> {
    const { environment, recorded } = this.#parts;
    return withRevisionChecked(await checkText({ kind, path }, text, environment), text, path, recorded);
  }

  async #textOf(found: FoundDocument): Promise<{ readonly text: string; readonly checked: CheckedText }> {
    try {
      const text = await found.text();
      return { text, checked: await this.#check(found, text) };
    } catch (error) {
      if (found.refused !== undefined) return { text: "", checked: refusedText(found.refused) };
      return { text: "", checked: { ok: false, problems: documentProblems(error), error } };
    }
  }

  #check({ kind, origin, path, refused }: FoundDocument, text: string): Promise<CheckedText> | CheckedText {
    if (refused !== undefined) return refusedText(refused);
    switch (origin) {
      case "born":
        return parseBorn(kind, text, path);
      case "built-in":
        return checkText({ kind, path }, text, this.#parts.environment);
      case "line":
      case "own":
        return this.checkOwn(kind, path, text);
    }
  }
}

/** A copy of the line's that must not be used. */
function refusedText(error: StationError): CheckedText {
  const file = error.facts["file"] ?? error.facts["reason"];
  const what = typeof file === "string" && file !== "" ? `${error.message}: ${file}` : error.message;
  return { ok: false, problems: [{ field: "", what: what.slice(0, 1000) }], error };
}

export function problemsOf(checked: CheckedText): readonly DocumentProblem[] {
  return checked.ok ? [] : checked.problems;
}

function titleOf(parsed: ParsedText): Title {
  switch (parsed.kind) {
    case "recipe":
      return { title: parsed.recipe.product, revision: parsed.recipe.revision };
    case "fixture":
      return { title: parsed.fixture.name };
    case "profile":
      return { title: parsed.profile.name };
  }
}

/** The files that go with a document. */
async function filesOf({ kind, path, origin }: FoundDocument, text: string): Promise<readonly ListedFile[]> {
  if (origin === "born") return [];
  const files = await Promise.all((await placesOf(kind, path, text)).map(({ name, file }) => listedFile(name, file)));
  return files.flatMap((file) => (file === undefined ? [] : [file])).slice(0, MOST_COMPANIONS);
}

type NamedPlace = { readonly name: string; readonly file: string };

async function placesOf(kind: DocumentKind, path: string, text: string): Promise<readonly NamedPlace[]> {
  switch (kind) {
    case "recipe": {
      const folder = dirname(path);
      return (await companionPaths(folder)).map((name) => ({ name, file: join(folder, ...name.split("/")) }));
    }
    case "fixture":
      return [];
    case "profile": {
      const profile = parseProfile(text, path);
      return profile === undefined ? [] : authorityFiles(profile, path);
    }
  }
}
