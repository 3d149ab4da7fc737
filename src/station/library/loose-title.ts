import { z } from "zod";
import type { DocumentKind } from "../../contract/desktop-library.ts";
import { label } from "../../contract/common.ts";
import { parseYaml } from "../files/document.ts";

/** A document's own name, and a recipe's revision. */
export type Title = { readonly title: string; readonly revision?: string };

const RecipeTitle = z.object({
  product: label(64),
  revision: z
    .union([label(64), z.number().transform(String)])
    .optional()
    .catch(undefined),
});
const OtherTitle = z.object({ name: label(64) });

/** What a document with problems calls itself; undefined where not even that can be read. */
export function looseTitle(kind: DocumentKind, text: string): Title | undefined {
  const value = valueOf(text);
  if (kind !== "recipe") {
    const named = OtherTitle.safeParse(value);
    return named.success ? { title: named.data.name } : undefined;
  }
  const named = RecipeTitle.safeParse(value);
  if (!named.success) return undefined;
  const { product: title, revision } = named.data;
  return { title, ...(revision === undefined ? {} : { revision }) };
}

function valueOf(text: string): unknown {
  try {
    return parseYaml(text, "").value;
  } catch {
    return undefined;
  }
}
