import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "../command.ts";
import { startEmbeddedService, type EmbeddedService } from "../embedded-service.ts";

/** Where a bench works: a folder of its own, and an embedded service. */
export type BenchPlace = { readonly dir: string; readonly service: EmbeddedService };

/**
 * Gives `work` a folder and a service, which are gone afterwards. The service keeps what it refuses to itself: a tray that is run
 * again finds its units claimed.
 * @throws StationError cli.child-failed; whatever `work` throws
 */
export async function withBenchService<T>(
  context: CommandContext,
  work: (place: BenchPlace) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), "station-bench-"));
  try {
    const service = await startEmbeddedService(join(dir, "service"), context, "https", "ignore");
    try {
      return await work({ dir, service });
    } finally {
      await service.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
