/** Whether a value is an object with names, as JSON has them. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A remote text for facts: at most `max` characters, control characters replaced by spaces. */
export function shown(text: string, max: number): string {
  return text.slice(0, max).replaceAll(/\p{Cc}/gu, " ");
}
