/** One parameter of a command; an omitted one is empty and not quoted. */
export type AtArgument = { readonly text: string; readonly quoted: boolean };

/** A command taken apart. `name` is upper case with its prefix (`+CFUN`, `%CMNG`, `#X`), `E0`/`E1`, or empty for a bare `AT`. */
export type AtCall =
  | { readonly name: string; readonly form: "run" | "read" | "test" }
  | { readonly name: string; readonly form: "set"; readonly args: readonly AtArgument[] };

const SHAPE = /^AT([+%#][A-Z0-9]+)(\?|=\?|=[\s\S]*)?$/i;
const BASIC = /^AT(E[01]?)?$/i;

/**
 * Takes a command apart (at.md 1): names in any case, strings in double quotes that may hold line ends and commas.
 * @returns undefined when the text is no well-formed AT command
 */
export function parseAtCall(text: string): AtCall | undefined {
  const command = text.trim();
  const basic = BASIC.exec(command);
  if (basic !== null) return { name: basicName(basic[1]), form: "run" };
  const [, name = "", tail = ""] = SHAPE.exec(command) ?? [];
  if (name === "") return undefined;
  const folded = name.toUpperCase();
  if (tail === "") return { name: folded, form: "run" };
  if (tail === "?") return { name: folded, form: "read" };
  if (tail === "=?") return { name: folded, form: "test" };
  const args = parseArguments(tail.slice(1));
  return args === undefined ? undefined : { name: folded, form: "set", args };
}

/** The arguments of a set command, or none for the other forms. */
export function argumentsOf(call: AtCall): readonly AtArgument[] {
  return call.form === "set" ? call.args : [];
}

/** An unsigned decimal argument up to 2^32 - 1; undefined when it is quoted, empty or something else. */
export function unsigned(argument: AtArgument | undefined): number | undefined {
  if (argument === undefined || argument.quoted || !/^[0-9]{1,10}$/.test(argument.text)) return undefined;
  const value = Number(argument.text);
  return value <= 0xffff_ffff ? value : undefined;
}

function basicName(letter: string | undefined): string {
  if (letter === undefined) return "";
  const name = letter.toUpperCase();
  return name === "E" ? "E0" : name;
}

const ARGUMENT = /(?:[ \t]*"([^"]*)"[ \t]*|([^",\r\n]*))(,|$)/y;

function parseArguments(text: string): readonly AtArgument[] | undefined {
  const args: AtArgument[] = [];
  const pattern = new RegExp(ARGUMENT);
  for (;;) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [, quoted, plain = "", end] = match;
    args.push(quoted === undefined ? { text: plain.trim(), quoted: false } : { text: quoted, quoted: true });
    if (end !== ",") return args;
  }
}
