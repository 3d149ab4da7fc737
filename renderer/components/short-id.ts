const DIGITS = 6;

/** The end of a batch's or run's id, as people tell them apart: `4F09A2`. */
export function shortId(id: string): string {
  return id.slice(-DIGITS).toUpperCase();
}

/** The moment that a time-ordered id (RFC 9562, version 7) was made, in ms since 1970. */
export function madeAt(id: string): number {
  return Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
}
