const PLACEHOLDER = /\{\{([^{}]{1,80})\}\}/g;

/** The names that a text takes, such as `serial` of `nrf-{{serial}}`, each once. */
export function placeholdersOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => (name ?? "").trim()))];
}

/** The text with each `{{name}}` replaced by its value; one without a value stays as it is. */
export function fillPlaceholders(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replaceAll(PLACEHOLDER, (whole, name: string) => valueOf(name.trim()) ?? whole);
}
