import { randomBytes } from "node:crypto";
import type { CentralAddress } from "../../src/collect/central-address.ts";
import { collect, type CollectorNews } from "../../src/collect/collector.ts";
import { realClock } from "../../src/core/real-clock.ts";
import type { Line } from "../../src/line/connect-line.ts";

/** A collector that works until it is stopped, and what it told. */
export type RunningCollector = {
  readonly news: readonly CollectorNews[];
  /** Waits until what was told is so. */
  readonly until: (isSo: (news: readonly CollectorNews[]) => boolean) => Promise<void>;
  readonly stop: () => Promise<unknown>;
  /** What it ended with. */
  readonly done: Promise<unknown>;
};

export function runCollector(address: CentralAddress, line: Line): RunningCollector {
  const controller = new AbortController();
  const news: CollectorNews[] = [];
  const waiting = new Set<() => void>();
  const done = collect(
    {
      ...{ line, address, clock: realClock, random: randomBytes },
      tell: (told) => {
        news.push(told);
        for (const wake of waiting) wake();
      },
    },
    controller.signal,
  ).catch((error: unknown) => error);
  const until = async (isSo: (news: readonly CollectorNews[]) => boolean): Promise<void> => {
    while (!isSo(news)) await new Promise<void>((resolve) => waiting.add(resolve));
  };
  const stop = async (): Promise<unknown> => {
    controller.abort();
    return done;
  };
  return { news, until, stop, done };
}

/** Whether the collector has dealt with the stream up to a message. */
export const reaches =
  (cursor: number) =>
  (news: readonly CollectorNews[]): boolean =>
    news.some((told) => told.kind === "committed" && told.cursor >= cursor);
