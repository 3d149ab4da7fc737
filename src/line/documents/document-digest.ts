import { createHash } from "node:crypto";
import type { PublishedFile, PublishedKind } from "../../contract/line-publication.ts";

/**
 * SHA-256 of a document as its files make it up: over the line `station document KIND` and, for each file in the order of their
 * paths, the line `SHA256 LENGTH PATH`; UTF-8, each line ended by a line feed. Equal contents give an equal digest.
 */
export function documentSha256(kind: PublishedKind, files: readonly PublishedFile[]): string {
  const lines = files
    .map(({ sha256, length, path }) => ({ path, line: `${sha256} ${length} ${path}\n` }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1))
    .map(({ line }) => line);
  return sha256Hex(`station document ${kind}\n${lines.join("")}`);
}

/** SHA-256 as 64 lower-case hex digits. */
export function sha256Hex(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
