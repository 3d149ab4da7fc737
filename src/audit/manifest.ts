import { open } from "node:fs/promises";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { RunFilter } from "../contract/station-request.ts";
import { ExportFormatSchema, RunFilterSchema } from "../contract/station-request.ts";
import type { SignedHead } from "./audit-store.ts";
import { canonicalJson } from "./canonical-json.ts";
import { sha256Hex } from "./chain.ts";
import { headIn } from "./head-file.ts";

/** What an export's manifest tells besides the signed head (docs/audit-format.md). */
export type ManifestBody = {
  readonly manifest: 1;
  readonly format: "csv" | "jsonl";
  readonly columns: readonly string[];
  readonly filter: RunFilter;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Start of the first and of the last run; `null` for an export without rows. */
  readonly range: { readonly from: string; readonly to: string } | null;
  /** End of the chain when the rows were read. */
  readonly snapshot: { readonly position: number; readonly hash: string };
  readonly marks: Marks;
  readonly madeAt: string;
  readonly station: string;
  /** The station's public JWK. */
  readonly publicKey: Readonly<Record<string, unknown>>;
};

/** Digests of the file up to after the header and after every `every` rows, first 12 hex digits each: they find the row. */
export type Marks = { readonly every: number; readonly sha256: readonly string[] };

/** A manifest; `head` is null when nothing was ever signed. */
export type Manifest = ManifestBody & { readonly head: SignedHead | null };

/** Where the manifest of an export is. */
export function manifestOf(out: string): string {
  return `${out}.manifest.json`;
}

/** What the signature over an export covers: SHA-256 of the manifest without its head, as canonical JSON. */
export function scopeOf(body: ManifestBody): string {
  return sha256Hex(canonicalJson(body));
}

const LARGEST_MANIFEST = 1024 * 1024;

/**
 * Reads a manifest.
 * @returns undefined when there is no such file; "damaged" when it is no manifest
 * @throws StationError audit.missing when it is there and cannot be read
 */
export async function readManifest(file: string): Promise<Manifest | "damaged" | undefined> {
  const text = await boundedText(file);
  if (text === undefined) return undefined;
  try {
    return parseManifest(JSON.parse(text)) ?? "damaged";
  } catch {
    return "damaged";
  }
}

async function boundedText(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      if (size > LARGEST_MANIFEST)
        throw new StationError("audit.missing", "the manifest is too long", {
          ...{ file, size: quantity(size, "bytes"), limit: quantity(LARGEST_MANIFEST, "bytes") },
        });
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof StationError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new StationError("audit.missing", "the manifest cannot be read", { file }, { cause: error });
  }
}

/** The manifest in a value of unknown origin, its fields as they are: the signature is over all of them. */
function parseManifest(value: unknown): Manifest | undefined {
  if (!isObject(value)) return undefined;
  const { head, ...body } = value;
  const signed = head === null ? null : headIn(head);
  if (signed === undefined || !isBody(body)) return undefined;
  return { ...body, head: signed };
}

function isBody(body: Readonly<Record<string, unknown>>): body is ManifestBody {
  const { snapshot, marks } = body;
  return (
    body["manifest"] === 1 &&
    ExportFormatSchema.safeParse(body["format"]).success &&
    RunFilterSchema.safeParse(body["filter"]).success &&
    [body["rows"], body["bytes"]].every((count) => Number.isSafeInteger(count)) &&
    [body["sha256"], body["station"], body["madeAt"]].every((text) => typeof text === "string") &&
    isObject(body["publicKey"]) &&
    isObject(snapshot) &&
    typeof snapshot["position"] === "number" &&
    typeof snapshot["hash"] === "string" &&
    isObject(marks) &&
    Number.isSafeInteger(marks["every"]) &&
    Number(marks["every"]) > 0 &&
    Array.isArray(marks["sha256"])
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
