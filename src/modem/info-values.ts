/** One parameter of an information line: a number, a quoted text, a bare word, or nothing between two commas. */
export type InfoValue =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "word"; readonly value: string }
  | { readonly kind: "empty" };

const VALUES = 32;
const VALUE = /"([^"]*)"|([^",]*)/y;

/**
 * The parameters behind the colon of an information line, at most 32: `42384,0,"2C43…"`.
 * @returns undefined when a quote is not closed, something stands between a quoted value and the next comma, or there are too many
 */
export function parseInfoValues(text: string): readonly InfoValue[] | undefined {
  const values: InfoValue[] = [];
  let at = 0;
  while (values.length < VALUES) {
    while (text[at] === " ") at++;
    VALUE.lastIndex = at;
    const match = VALUE.exec(text);
    if (match === null) return undefined;
    values.push(match[1] === undefined ? bareValue(match[2] ?? "") : { kind: "text", value: match[1] });
    at = VALUE.lastIndex;
    while (text[at] === " ") at++;
    if (at >= text.length) return values;
    if (text[at] !== ",") return undefined;
    at++;
  }
  return undefined;
}

function bareValue(raw: string): InfoValue {
  const word = raw.trim();
  if (word === "") return { kind: "empty" };
  const number = /^-?\d{1,15}$/.test(word) ? Number(word) : undefined;
  return number === undefined ? { kind: "word", value: word } : { kind: "number", value: number };
}
