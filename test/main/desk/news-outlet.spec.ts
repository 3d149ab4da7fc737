import { describe, expect, it } from "vitest";
import type { BatchId } from "../../../src/core/ids.ts";
import type { DesktopNews, NewsBundle } from "../../../src/contract/desktop-news.ts";
import { milliseconds } from "../../../src/core/duration.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { NewsOutlet } from "../../../main/desk/news-outlet.ts";

const NEWS: DesktopNews = {
  kind: "batch.failed",
  batch: "01900000-0000-7000-8000-000000000001" as BatchId,
  error: { code: "audit.full", what: "", facts: {}, advice: "" },
};

function rig() {
  const clock = new VirtualClock();
  const bundles: NewsBundle[] = [];
  const outlet = new NewsOutlet(clock, (bundle) => bundles.push(bundle));
  const tell = (count: number): void => {
    for (let index = 0; index < count; index++) outlet.tell(NEWS);
  };
  return { clock, bundles, outlet, tell, numbers: () => bundles.flat().map(({ number }) => number) };
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

describe("NewsOutlet", () => {
  it("sends the news of a moment in one bundle", async () => {
    const { clock, bundles, tell, numbers } = rig();
    tell(3);
    expect(bundles).toEqual([]);
    await clock.advance(milliseconds(33));
    expect(bundles).toHaveLength(1);
    expect(numbers()).toEqual([1, 2, 3]);
  });

  it("spreads the start of a large tray over several pictures, in order", async () => {
    const { clock, bundles, tell, numbers } = rig();
    tell(64);
    await clock.advance(milliseconds(33));
    expect(bundles[0]).toHaveLength(24);
    await clock.advance(milliseconds(66));
    expect(bundles.map(({ length }) => length)).toEqual([24, 24, 16]);
    expect(numbers()).toEqual(upTo(64));
  });

  it("never falls far behind a flood", async () => {
    const { clock, tell, numbers } = rig();
    tell(10_000);
    await clock.advance(milliseconds(1000));
    expect(numbers()).toEqual(upTo(10_000));
  });

  it("counts what waits as told: a snapshot holds it already", () => {
    const { outlet, tell } = rig();
    tell(30);
    expect(outlet.newest).toBe(30);
  });

  it("goes on after it has been quiet", async () => {
    const { clock, tell, numbers } = rig();
    tell(1);
    await clock.advance(milliseconds(100));
    tell(1);
    await clock.advance(milliseconds(33));
    expect(numbers()).toEqual([1, 2]);
  });
});
