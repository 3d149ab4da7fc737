import { readFile } from "node:fs/promises";
import type { SignedHead } from "./audit-store.ts";
import { canonicalJson } from "./canonical-json.ts";
import { writeDurably } from "./durable-file.ts";
import { auditError } from "./sqlite-error.ts";

/** The file that keeps the newest signed head beside the database, so that a cut-off tail is noticed. */
export function headFileOf(database: string): string {
  return `${database}.head`;
}

/**
 * Writes the newest head beside the database.
 * @throws StationError audit.* when the file system refuses
 */
export async function writeHeadFile(database: string, head: SignedHead): Promise<void> {
  try {
    await writeDurably(headFileOf(database), `${canonicalJson(head)}\n`);
  } catch (error) {
    throw auditError(error, "the signed head cannot be written", { file: headFileOf(database) });
  }
}

/** The head beside the database; "absent" when there is none, "damaged" when it cannot be understood. */
export async function readHeadFile(database: string): Promise<SignedHead | "absent" | "damaged"> {
  let text: string;
  try {
    text = await readFile(headFileOf(database), "utf8");
  } catch {
    return "absent";
  }
  return parseHead(text) ?? "damaged";
}

/** The head in a JSON text, or undefined when there is none in it. */
export function parseHead(text: string): SignedHead | undefined {
  try {
    return headIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The head in a value of unknown origin. */
export function headIn(value: unknown): SignedHead | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { position, hash, jws } = value as Readonly<Record<string, unknown>>;
  if (typeof position !== "number" || typeof hash !== "string" || typeof jws !== "string") return undefined;
  return { position, hash, jws };
}
