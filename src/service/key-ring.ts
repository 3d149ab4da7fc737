import type { Clock } from "../core/clock.ts";
import { openDatabase } from "./database.ts";
import { OwnerKeys } from "./owner-key.ts";
import { TeamStore } from "./team-store.ts";

/**
 * Works with the API keys of a service that is not running.
 * @throws StationError service.in-use while it runs; as `openDatabase`; what `work` throws
 */
export function withOwnerKeys<Result>(directory: string, clock: Clock, work: (keys: OwnerKeys) => Result): Result {
  const database = openDatabase(directory);
  try {
    const keys = new OwnerKeys(database, new TeamStore(database, clock), clock);
    keys.ensureFirst(directory);
    return work(keys);
  } finally {
    database.close();
  }
}
