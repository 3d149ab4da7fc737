import { asStationError } from "../../core/error.ts";
import { fillPlaceholders } from "../../core/placeholder.ts";
import type { ColumnUse, TextUse } from "../../contract/recipe-texts.ts";
import { checkCertificates, checkPreSharedKey, checkPrivateKey } from "./pem.ts";

/** What is wrong with one unit's values, in words that follow the column's name. */
export type CheckRow = (values: (column: string) => string) => { readonly column: string; readonly what: string }[];

const CONTROL = /\p{Cc}/u;
const LONGEST: Readonly<Record<TextUse, number>> = {
  ...{ attributes: 512, parameters: 2048, identity: 128, setting: 256, sha256: 64, content: 4096 },
};

/** Checks what a text becomes with a unit's values. @param columns those that the text takes, in order */
export function textCheck(text: string, use: TextUse, columns: readonly string[]): CheckRow {
  const [column = ""] = columns;
  return (values) => {
    const filled = fillPlaceholders(text, (name) => (columns.includes(name) ? values(name) : undefined));
    const nested = columns.some((name) => values(name).includes("{{"));
    const what = nested ? "must not hold {{" : textProblem(filled, use, quotesIn(text));
    return what === undefined ? [] : [{ column, what }];
  };
}

/** Checks a value that is a whole content. @param passwordColumn the column of the key's password, where it has one */
export function columnCheck({ use, column }: ColumnUse, password: PasswordOf): CheckRow {
  return (values) => {
    try {
      checkContent(use, values(column), password(values));
      return [];
    } catch (error) {
      return [{ column, what: asStationError(error).message }];
    }
  };
}

/** The password of a private key in a column; undefined where it has none. */
export type PasswordOf = (values: (column: string) => string) => string | undefined;

/** What is wrong with a filled text; undefined when nothing is. */
function textProblem(filled: string, use: TextUse, quotes: number): string | undefined {
  if (CONTROL.test(filled)) return "must not hold control characters or line ends";
  if (filled.length > LONGEST[use]) return `makes the text longer than ${LONGEST[use]} characters`;
  switch (use) {
    case "attributes":
    case "parameters":
      return quotesIn(filled) === quotes ? undefined : "must not hold quotes";
    case "sha256":
      return /^[0-9a-fA-F]{64}$/.test(filled) ? undefined : "must be 64 hex digits";
    case "identity":
    case "setting":
    case "content":
      return undefined;
  }
}

function quotesIn(text: string): number {
  return text.split('"').length - 1;
}

function checkContent(use: ColumnUse["use"], content: string, password: string | undefined): void {
  switch (use) {
    case "preSharedKey":
      checkPreSharedKey(content);
      return;
    case "privateKey":
      checkPrivateKey(content, password);
      return;
    case "certificate":
      checkCertificates(content);
      return;
    case "password":
  }
}
