import { z } from "zod";
import { DEFAULT_CONFIGURATION, type Configuration } from "../../src/contract/desktop-configuration.ts";
import type {
  DocumentKind,
  DocumentProblem,
  LibraryDocument,
  OpenedDocument,
} from "../../src/contract/desktop-library.ts";
import { FixtureSchema } from "../../src/contract/fixture.ts";
import { ProfileSchema } from "../../src/contract/profile.ts";
import { RecipeSchema } from "../../src/contract/recipe.ts";
import { StationError } from "../../src/core/error.ts";
import { FAKE_DOCUMENTS, type FakeDocument } from "./fake-documents.ts";

type Which = { readonly kind: DocumentKind; readonly id: string };
type Asked = Which & {
  readonly text: string;
  readonly replace: boolean;
  readonly as: string;
  readonly revision?: string;
  readonly content?: unknown;
  readonly training: Partial<Configuration["training"]>;
};

const SHA256 = "52d8aa106f3eb91709c1c3f452d8aa106f3eb91709c1c3f452d8aa106f3eb917";

/** A library in memory, for the window over a fake station. Texts are JSON-like YAML that it does not read: each brings its content. */
export class FakeLibrary {
  #documents: readonly FakeDocument[] = FAKE_DOCUMENTS;
  #configuration: Configuration = { ...DEFAULT_CONFIGURATION, recipe: "meter-lte-m-eu-14" };
  readonly #configured: () => void;

  constructor(configured: () => void) {
    this.#configured = configured;
  }

  /** @throws StationError as the library does */
  answer(kind: string, value: unknown): unknown {
    // The schema of the request has just taken it.
    const asked = value as Asked;
    switch (kind) {
      case "library.list":
        return this.#documents.filter((document) => document.kind === asked.kind).map((found) => this.#listed(found));
      case "library.read":
        return this.#opened(this.#find(asked));
      case "library.check":
        return { problems: problemsOf(asked.text) };
      case "library.save":
        return this.#save(asked);
      case "library.duplicate":
        return this.#duplicate(asked);
      case "library.remove":
        this.#documents = this.#documents.filter((document) => document !== this.#find(asked));
        return null;
      case "library.select":
        this.#configuration = { ...this.#configuration, [asked.kind]: asked.id };
        this.#configured();
        return null;
      case "library.import":
      case "library.attach":
        return { kind: "cancelled" };
      case "configuration.write":
        this.#configuration = {
          ...this.#configuration,
          training: { ...this.#configuration.training, ...asked.training },
        };
    }
    const { configuration: _form, ...answer } = this.#configuration;
    return { ...answer, overridden: [] };
  }

  #find({ kind, id }: Which): FakeDocument {
    const found = this.#documents.find((document) => document.kind === kind && document.id === id);
    if (found === undefined) throw new StationError("library.missing", "there is no such document", { kind, id });
    return found;
  }

  #save({ kind, id, text, replace, content }: Asked): LibraryDocument {
    const taken = this.#documents.some((document) => document.kind === kind && document.id === id);
    if (taken && !replace) throw new StationError("library.exists", "there is a document of this name already", { id });
    const before = taken ? this.#find({ kind, id }) : undefined;
    const saved: FakeDocument = {
      ...{ kind, id, text, own: true, files: before?.files ?? [], content: content ?? before?.content },
      changedAt: new Date().toISOString(),
    };
    this.#put(saved);
    return this.#listed(saved);
  }

  #duplicate({ kind, id, as, revision }: Asked): LibraryDocument {
    const found = this.#find({ kind, id });
    const text = revision === undefined ? found.text : found.text.replace(/^revision: .*$/m, `revision: "${revision}"`);
    const content = revision === undefined ? found.content : { ...ContentSchema.parse(found.content), revision };
    const copy = { ...found, id: as, own: true, text, content, changedAt: new Date().toISOString() };
    this.#put(copy);
    return this.#listed(copy);
  }

  #put(document: FakeDocument): void {
    const others = this.#documents.filter(({ kind, id }) => kind !== document.kind || id !== document.id);
    this.#documents = [...others, document];
  }

  #listed({ kind, id, own, text, content, changedAt }: FakeDocument): LibraryDocument {
    const { product, name, revision } = TitleSchema.parse(content ?? {});
    const problems = problemsOf(text).length;
    return {
      ...{ kind, id, origin: own ? "own" : "built-in", title: product ?? name ?? id, changedAt, problems },
      ...(kind === "recipe" && problems === 0 ? { sha256: SHA256 } : {}),
      ...(revision === undefined ? {} : { revision }),
      inUse: this.#configuration[kind] === id,
    };
  }

  #opened(found: FakeDocument): OpenedDocument {
    const problems = problemsOf(found.text);
    const files = found.files.map(({ path, bytes }) => ({ path, bytes, sha256: SHA256 }));
    const document = this.#listed(found);
    const opened = { document, text: found.text, problems: [...problems], files };
    return problems.length > 0 ? opened : { ...opened, parsed: parsedOf(found) };
  }
}

const ContentSchema = z.record(z.string(), z.unknown());

const TitleSchema = z.object({
  product: z.string().exactOptional(),
  name: z.string().exactOptional(),
  revision: z.string().exactOptional(),
});

/** Stands for the checks of the library: each line with `!!` is wrong, at its field. */
function problemsOf(text: string): readonly DocumentProblem[] {
  return text.split("\n").flatMap((line, index): DocumentProblem[] => {
    const at = line.indexOf("!!");
    if (at < 0) return [];
    const field = /^[\s-]*(\w+)/.exec(line)?.[1] ?? "";
    return [{ field, line: index + 1, column: at + 1, what: "must be at most 2147483647" }];
  });
}

function parsedOf({ kind, content }: FakeDocument): NonNullable<OpenedDocument["parsed"]> {
  switch (kind) {
    case "recipe":
      return { kind, recipe: RecipeSchema.parse(content) };
    case "fixture":
      return { kind, fixture: FixtureSchema.parse(content) };
    case "profile":
      return { kind, profile: ProfileSchema.parse(content) };
  }
}
