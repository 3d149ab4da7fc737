import { createPinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApp } from "vue";
import { providedClient } from "../../../../renderer/api/station-client.ts";
import { FakeHistory } from "../../../../renderer/dev/fake-history.ts";
import { useHistory } from "../../../../renderer/screens/history/history-store.ts";
import { useStation } from "../../../../renderer/stores/station.ts";
import type { RunQuery } from "../../../../src/contract/history.ts";
import { idleSlot, reduceSlot } from "../../../../src/contract/slot-state.ts";
import type { RunFilter } from "../../../../src/contract/station-request.ts";
import { fakeClient } from "../fake-client.ts";
import { recordedRuns } from "../recorded-runs.ts";

const NOW = Date.UTC(2026, 2, 29, 10, 42);
const record = new FakeHistory(5_000, NOW, []);

function rig() {
  const { client, asked } = fakeClient({
    "history.runs": ({ query }: { query: RunQuery }) => record.runs(query),
    "history.counts": ({ filter }: { filter: RunFilter }) => record.counts(filter),
    "history.export": () => ({ kind: "cancelled" }),
    cancel: () => null,
  });
  const app = createApp({}).provide(...providedClient(client));
  const pinia = createPinia();
  app.use(pinia);
  return { history: useHistory(pinia), station: useStation(pinia), asked };
}

describe("the history", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("searches once the typing rests, for what was typed last", async () => {
    const { history, asked } = rig();
    history.change({ search: "P" }, true);
    await vi.advanceTimersByTimeAsync(100);
    history.change({ search: "PS-" }, true);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(300);
    const searches = asked.filter(({ kind }) => kind === "history.runs");
    expect(searches).toHaveLength(1);
    expect(searches[0]?.asks).toMatchObject({ query: { filter: { unitStart: "PS-" } } });
    expect(history.filtered).toBe(true);
  });

  it("begins at the top after a change, and stays when one comes back to it", async () => {
    const { history } = rig();
    await history.load();
    history.top = 40;
    history.selected = history.runAt(42)?.id;
    expect(history.selectedPlace).toBe(42);
    await history.load(true);
    expect([history.top, history.selectedPlace]).toEqual([40, 42]);
    history.change({ outcome: "FAIL" });
    await vi.runAllTimersAsync();
    expect([history.top, history.selectedPlace]).toEqual([0, undefined]);
    expect(history.runAt(0)?.outcome).toBe("FAIL");
  });

  it("exports what the filters let through", async () => {
    const { history, asked } = rig();
    history.change({ outcome: "ERROR", operator: "Operator 07" });
    await vi.runAllTimersAsync();
    await history.exportRuns("csv");
    expect(asked.at(-1)).toMatchObject({
      ...{ kind: "history.export", asks: { format: "csv", filter: { outcome: "ERROR", operator: "Operator 07" } } },
    });
    expect(history.exporting).toEqual({ kind: "idle" });
  });

  it("shows new runs at its upper end by itself, and counts them elsewhere", async () => {
    const { history, station, asked } = rig();
    const told: ((before: never, after: never) => void)[] = [];
    vi.spyOn(station, "watchSlots").mockImplementation((listener) => {
      told.push(listener);
      return () => true;
    });
    history.follow();
    await vi.runAllTimersAsync();
    const { events } = recordedRuns().passed;
    const idle = idleSlot(events[0]!.slot);
    const running = reduceSlot(idle, events[0]!);
    const reads = () => asked.filter(({ kind }) => kind === "history.runs").length;
    const before = reads();
    told[0]?.(idle as never, running as never);
    await vi.runAllTimersAsync();
    expect(reads()).toBe(before + 1);
    history.top = 12;
    told[0]?.(idle as never, running as never);
    told[0]?.(running as never, running as never);
    await vi.runAllTimersAsync();
    expect([history.newRuns, reads()]).toEqual([1, before + 1]);
  });
});
