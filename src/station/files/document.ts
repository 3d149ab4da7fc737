import { isPair, isScalar, LineCounter, parseDocument, visit, type Document, type YAMLMap } from "yaml";
import { StationError } from "../../core/error.ts";
import { DocumentPlaces } from "./document-places.ts";
import { problemsError, type FileProblem } from "./file-problem.ts";

/** A line and column of a document, counted from 1. */
export type Place = { readonly line: number; readonly column: number };

/** A YAML or JSON document with the place of each value. */
export type ParsedDocument = {
  readonly value: unknown;
  /** Where the value at `path` stands; of a value that is not there, where the nearest one around it stands. */
  placeOf(path: readonly PropertyKey[]): Place;
  /** Where the key at the end of `path` stands. */
  keyPlaceOf(path: readonly PropertyKey[]): Place;
};

const MOST_ALIASES = 50;
const DEEPEST = 64;
const TOO_MANY_ALIASES = `an alias leads nowhere, or all together repeat too much (at most ${MOST_ALIASES})`;
const TOO_DEEP = `must not be nested deeper than ${DEEPEST} levels`;

/**
 * Parses YAML 1.2, of which JSON is a part: one document, text keys, no key twice, at most 50 aliases, at most 64 levels.
 * @throws StationError file.syntax and file.invalid with file, line and column
 */
export function parseYaml(text: string, file: string): ParsedDocument {
  const lines = new LineCounter();
  const parsed = guarded(file, () =>
    parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      // The library compares each key with each: looked for below.
      uniqueKeys: false,
      stringKeys: true,
      version: "1.2",
      schema: "core",
      merge: false,
      resolveKnownTags: false,
      logLevel: "error",
    }),
  );
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  refuseBadSyntax(parsed, file, place);
  refuseBadShape(parsed, file, place);
  const value = guarded(file, (): unknown => parsed.toJS({ maxAliasCount: MOST_ALIASES }));
  const places = new DocumentPlaces(parsed);
  return {
    value,
    placeOf: (path) => place(places.offsetOf(path)),
    keyPlaceOf: (path) => place(places.keyOffsetOf(path)),
  };
}

type Parsed = Document.Parsed;

/** Runs a step of the YAML library; whatever it throws (depth, alias bombs) is the file's fault. */
function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const deep = cause instanceof RangeError;
    throw new StationError("file.syntax", deep ? TOO_DEEP : TOO_MANY_ALIASES, { file }, { cause });
  }
}

function refuseBadSyntax(parsed: Parsed, file: string, place: (offset: number) => Place): void {
  const [first] = [...parsed.errors, ...parsed.warnings].toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (first === undefined) return;
  const { line, column } = place(first.pos[0]);
  const overflow = first.message.includes("call stack");
  const what = overflow ? TOO_DEEP : syntaxText(first);
  throw problemsError(file, [{ line, column, field: "", what, code: "file.syntax" }]);
}

type SyntaxProblem = { readonly code: string; readonly message: string };

/** The parser's words, without its advice to programmers. */
function syntaxText({ code, message }: SyntaxProblem): string {
  if (code === "MULTIPLE_DOCS") return "the file must hold one document, not several";
  return (message.split("\n")[0] ?? "").slice(0, 200);
}

/** Refuses what parses but has no place in our files: too many levels, and keys that objects of the language treat as special. */
function refuseBadShape(parsed: Parsed, file: string, place: (offset: number) => Place): void {
  const problems: FileProblem[] = [];
  const aliases = { count: 0 };
  guarded(file, () =>
    visit(parsed, {
      Node: (_key, node, path) => {
        if (path.filter((part) => !isPair(part)).length <= DEEPEST) return undefined;
        problems.push({
          ...place(node.range?.[0] ?? 0),
          field: "",
          what: TOO_DEEP,
        });
        return visit.BREAK;
      },
      Map: (_key, map) => {
        for (const offset of repeatedKeys(map))
          problems.push({ ...place(offset), field: "", what: "Map keys must be unique", code: "file.syntax" });
      },
      Alias: (_key, alias, path) => {
        // To resolve one, the library goes through the whole document.
        if (++aliases.count > MOST_ALIASES) {
          problems.push({ ...place(alias.range?.[0] ?? 0), field: "", what: TOO_MANY_ALIASES, code: "file.syntax" });
          return visit.BREAK;
        }
        const target = alias.resolve(parsed);
        if (target === undefined || !path.includes(target)) return undefined;
        problems.push({
          ...place(alias.range?.[0] ?? 0),
          field: "",
          what: `*${alias.source} contains itself`,
          code: "file.syntax",
        });
        return undefined;
      },
      Pair: (_key, pair) => {
        if (!isScalar(pair.key) || pair.key.value !== "__proto__") return undefined;
        problems.push({ ...place(pair.key.range?.[0] ?? 0), field: "__proto__", what: "is not a field of this file" });
        return undefined;
      },
    }),
  );
  if (problems.length > 0) throw problemsError(file, problems);
}

/** Offsets of the keys of a map that stand in it before. */
function repeatedKeys(map: YAMLMap): readonly number[] {
  const seen = new Set<unknown>();
  const repeated: number[] = [];
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) repeated.push(key.range?.[0] ?? 0);
    seen.add(key.value);
  }
  return repeated;
}
