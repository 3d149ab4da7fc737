/** Whether a value is an object with names, as JSON has them. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Two long base64url parts: a modem's token that a service repeats. It is looked for at the beginning of such a text only. */
const TOKEN = /(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{20,}/g;
/** A token and some words around it. */
const LONGEST_READ = 2048;

/** A remote text for facts: at most `max` characters, control characters replaced by spaces, tokens hidden. */
export function shown(text: string, max: number): string {
  return text
    .slice(0, LONGEST_READ)
    .replaceAll(TOKEN, "[hidden]")
    .slice(0, max)
    .replaceAll(/\p{Cc}/gu, " ");
}
