/**
 * The value as canonical JSON (RFC 8785): members sorted by name, no spaces, so that equal values give equal bytes.
 * Members that are `undefined` are left out. Never holds a raw line break or an unpaired surrogate: both are escaped.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  const members: string[] = [];
  for (const [name, member] of Object.entries(value).sort(byName))
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
