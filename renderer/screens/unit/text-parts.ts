/** A piece of a redacted text: as it was, or a secret of which digest and length are left. */
export type TextPart =
  | { readonly kind: "plain"; readonly text: string }
  | { readonly kind: "hidden"; readonly sha256: string; readonly length: number };

const HIDDEN = /\[sha256:([0-9a-f]{64}) length:(\d{1,9})\]/g;

/** The pieces of a text as the record holds it, in order; together they are the whole text. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const [whole, sha256 = "", length = "0"] = match;
    if (match.index > from) parts.push({ kind: "plain", text: text.slice(from, match.index) });
    parts.push({ kind: "hidden", sha256, length: Number(length) });
    from = match.index + whole.length;
  }
  if (from < text.length) parts.push({ kind: "plain", text: text.slice(from) });
  return parts;
}

/** The text on a line of a list: each secret becomes an ellipsis. */
export function shortText(text: string): string {
  return text.replaceAll(HIDDEN, "…");
}
