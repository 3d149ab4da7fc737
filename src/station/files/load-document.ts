import type { z } from "zod";
import { parseYaml, type ParsedDocument } from "./document.ts";
import { problemsError } from "./file-problem.ts";
import { schemaProblems } from "./schema-problems.ts";
import { readTextFile } from "./text-file.ts";

/** A file that holds what its schema wants, and where in it each value stands. */
export type LoadedDocument<T> = { readonly value: T; readonly document: ParsedDocument };

/** The largest file of ours, in bytes. */
export const LARGEST_DOCUMENT = 262_144;

/** Reads a YAML or JSON file and checks it against its schema. @throws StationError file.* */
export async function loadDocument<T>(path: string, schema: z.ZodType<T>): Promise<LoadedDocument<T>> {
  return checkDocument(await readDocument(path), path, schema);
}

/** The text of a YAML or JSON file of at most 256 KiB. @throws StationError file.* */
export async function readDocument(path: string): Promise<string> {
  return (await readTextFile(path, LARGEST_DOCUMENT)).text;
}

/**
 * Checks a YAML or JSON text against its schema.
 * @throws StationError file.*; file.invalid lists every problem with line, column, field and limit
 */
export function checkDocument<T>(text: string, path: string, schema: z.ZodType<T>): LoadedDocument<T> {
  const document = parseYaml(text, path);
  const parsed = schema.safeParse(document.value);
  if (!parsed.success) throw problemsError(path, schemaProblems(parsed.error.issues, document));
  return { value: parsed.data, document };
}
