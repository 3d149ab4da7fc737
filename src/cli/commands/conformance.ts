import { readFile, stat } from "node:fs/promises";
import { quantity } from "../../core/fact.ts";
import { StationError } from "../../core/error.ts";
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
    const { size } = await stat(file);
    if (size <= LONGEST_FILE) return await readFile(file, "utf8");
    throw new StationError("file.too-large", "the vector file is too large", {
      file,
      size: quantity(size, "bytes"),
      limit: quantity(LONGEST_FILE, "bytes"),
    });
  } catch (cause) {
    if (cause instanceof StationError) throw cause;
    throw new StationError("file.unreadable", "the vector file cannot be read", { file }, { cause });
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new StationError("file.syntax", "the vector file is no JSON", { file }, { cause });
  }
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
