import { setTimeout } from "node:timers/promises";

const LOOK_EVERY = 40;

/** Looks until there is something to see; fails with `what` after the limit (ms). */
export async function until<T>(what: string, look: () => T | Promise<T>, limit = 60_000): Promise<NonNullable<T>> {
  const end = performance.now() + limit;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    if (performance.now() > end) throw new Error(`not seen within ${limit} ms: ${what}`);
    await setTimeout(LOOK_EVERY);
  }
}
