import { isScalar, parseDocument } from "yaml";
import { StationError } from "../../core/error.ts";

/**
 * Sets the value at `path` of a YAML or JSON text and leaves all else, comments and layout included, as it is.
 * @throws StationError library.revision where there is no plain value at that place
 */
export function setText(text: string, path: readonly string[], value: string): string {
  const parsed = parseDocument(text, { version: "1.2", schema: "core", logLevel: "silent" });
  const node = parsed.errors.length > 0 ? undefined : parsed.getIn(path, true);
  if (!isScalar(node) || node.range === undefined || node.range === null)
    throw new StationError("library.revision", "the value cannot be set in this text", { field: path.join(".") });
  const [start, end] = node.range;
  const block = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  return `${text.slice(0, start)}${JSON.stringify(value)}${block ? "\n" : ""}${text.slice(end)}`;
}
