import { readFile, stat } from "node:fs/promises";
import { quantity } from "../../core/fact.ts";
import { StationError } from "../../core/error.ts";
import { fileError } from "../../station/files/text-file.ts";
import { EXIT, type CliCommand } from "../command.ts";
import type { ConformanceResult } from "../conformance/report.ts";
import { SUITES } from "../conformance/suites.ts";
import { table } from "../output/table.ts";

const LONGEST_FILE = 128 * 1024 * 1024;

type FileResult = { readonly file: string; readonly kind: string } & ConformanceResult;

/** `station conformance`: files of test vectors through the real protocol code. */
export const conformanceCommand: CliCommand = {
  name: "conformance",
  summary: "runs files of protocol test vectors through the real code, in strict compatibility",
  positionals: "FILE…",
  minPositionals: 1,
  maxPositionals: 1000,
  options: { json: { kind: "flag", help: "prints the result as one JSON object" } },
  async run(args, context) {
    const files: FileResult[] = [];
    for (const file of args.positionals) {
      context.signal.throwIfAborted();
      files.push(await compareFile(file));
    }
    context.out(args.flag("json") || !context.terminal ? `${JSON.stringify({ files })}\n` : summary(files));
    return files.every(({ differ }) => differ.length === 0) ? EXIT.passed : EXIT.failed;
  },
};

async function compareFile(file: string): Promise<FileResult> {
  const document = parse(file, await read(file));
  const suite = SUITES.find((candidate) => candidate.recognises(document));
  if (suite === undefined)
    throw new StationError("file.invalid", "no known kind of test vectors", {
      file,
      kinds: SUITES.map(({ kind }) => kind).join(", "),
    });
  return { file, kind: suite.kind, ...(await suite.run(document)) };
}

async function read(file: string): Promise<string> {
  try {
    const entry = await stat(file);
    if (!entry.isFile()) throw new StationError("file.unreadable", "it is not a file", { file });
    if (entry.size <= LONGEST_FILE) return await readFile(file, "utf8");
    throw new StationError("file.too-large", "the vector file is too large", {
      file,
      size: quantity(entry.size, "bytes"),
      limit: quantity(LONGEST_FILE, "bytes"),
    });
  } catch (error) {
    throw fileError(error, file);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 120) : "";
    throw new StationError("file.syntax", "the vector file is no JSON", { file, reason, ...placeIn(text, reason) });
  }
}

/** Where a JSON text is wrong, when the engine tells the offset. */
function placeIn(text: string, reason: string): { readonly line?: number; readonly column?: number } {
  const offset = /at position (\d+)/.exec(reason)?.[1];
  if (offset === undefined) return {};
  const before = text.slice(0, Number(offset)).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

function summary(files: readonly FileResult[]): string {
  const rows = files.map(({ file, kind, total, agree, differ, stricter }) =>
    [file, kind, total, agree, differ.length, stricter.length].map(String),
  );
  const lines = files.flatMap(({ file, differ }) =>
    differ.map(
      ({ name, expected, got }) =>
        `${file}: ${name}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}\n`,
    ),
  );
  return `${table([["file", "kind", "total", "agree", "differ", "stricter"], ...rows])}${lines.join("")}`;
}
