import type { z } from "zod";
import { parseYaml, type ParsedDocument } from "./document.ts";
import { problemsError } from "./file-problem.ts";
import { schemaProblems } from "./schema-problems.ts";
import { readTextFile } from "./text-file.ts";

/** A file that holds what its schema wants, and where in it each value stands. */
export type LoadedDocument<T> = { readonly value: T; readonly document: ParsedDocument };

/** The largest file of ours. */
const LARGEST = 262_144;

/**
 * Reads a YAML or JSON file of at most 256 KiB and checks it against its schema.
 * @throws StationError file.*; file.invalid lists every problem with line, column, field and limit
 */
export async function loadDocument<T>(path: string, schema: z.ZodType<T>): Promise<LoadedDocument<T>> {
  const { text } = await readTextFile(path, LARGEST);
  return checkDocument(text, path, schema);
}

/** As {@link loadDocument}, for a text that was read already. */
export function checkDocument<T>(text: string, path: string, schema: z.ZodType<T>): LoadedDocument<T> {
  const document = parseYaml(text, path);
  const parsed = schema.safeParse(document.value);
  if (!parsed.success) throw problemsError(path, schemaProblems(parsed.error.issues, document));
  return { value: parsed.data, document };
}
