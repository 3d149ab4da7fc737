import { jetstreamManager, StorageType } from "@nats-io/jetstream";
import type { LineSession } from "./connect-line.ts";
import { lineError } from "./line-error.ts";

const NAME = "STATION_BENCH";
const SUBJECT = "station.bench";

/**
 * Publishes texts to a stream of their own, which is removed at the end: what the engine can do, for benches to compare with.
 * @param atOnce how many wait for their acknowledgement at a time
 * @throws StationError line.*
 */
export async function publishBare({ nats, js }: LineSession, texts: readonly string[], atOnce: number): Promise<void> {
  try {
    const manager = await jetstreamManager(nats, { checkAPI: false });
    await manager.streams.add({ name: NAME, subjects: [SUBJECT], storage: StorageType.File });
    try {
      const encoder = new TextEncoder();
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let text = texts[next++]; text !== undefined; text = texts[next++])
          await js.publish(SUBJECT, encoder.encode(text));
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
    } finally {
      await manager.streams.delete(NAME);
    }
  } catch (error) {
    throw lineError(error, "the bench could not publish");
  }
}
