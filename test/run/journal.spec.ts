import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/contract/run-event.ts";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { asStationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { Journal } from "../../src/run/journal.ts";
import { RUN, SLOT } from "./support/run-rig.ts";

function rig() {
  const clock = new VirtualClock();
  const events: RunEvent[] = [];
  const emit = (event: RunEvent): void => void events.push(event);
  const journal = new Journal({ runId: RUN, slot: SLOT, clock, emit, storeLimit: seconds(10) });
  return { clock, events, journal };
}

const note = (text: string) => ({ type: "note", level: "info", text, facts: {} }) as const;

describe("a journal", () => {
  it("numbers from 1, as 0 is the core's, and dates by the clock", async () => {
    const { clock, events, journal } = rig();
    journal.tell(note("a"));
    await clock.advance(seconds(1));
    journal.tell(note("b"));
    expect(events.map(({ seq, at }) => [seq, at])).toEqual([
      [1, "2026-01-01T00:00:00.000Z"],
      [2, "2026-01-01T00:00:01.000Z"],
    ]);
  });

  it("waits for the confirmation of what it announces", async () => {
    const { clock, journal } = rig();
    const state = { stored: false };
    const announced = journal.announce(note("a")).then(() => (state.stored = true));
    await clock.advance(seconds(9));
    expect(state.stored).toBe(false);
    journal.confirm(1);
    await announced;
    expect(state.stored).toBe(true);
  });

  it("takes a confirmation that covers several events, and one that came before the wait", async () => {
    const { clock, journal } = rig();
    const waits = Promise.all([journal.announce(note("a")), journal.announce(note("b"))]);
    journal.confirm(2);
    await clock.advance(milliseconds(0));
    await expect(waits).resolves.toHaveLength(2);
  });

  it("fails as run.store-silent, naming event and limit", async () => {
    const { clock, journal } = rig();
    const failure = journal.announce(note("a")).catch(asStationError);
    await clock.advance(seconds(10));
    expect(await failure).toMatchObject({
      code: "run.store-silent",
      facts: { seq: 1, limit: { value: 10_000, unit: "ms" } },
    });
  });

  it("ends a wait with the reason of its signal", async () => {
    const { journal } = rig();
    const stop = new AbortController();
    const failure = journal.announce(note("a"), stop.signal).catch(asStationError);
    stop.abort();
    expect(await failure).toMatchObject({ code: "station.aborted" });
  });

  it("never loses the order, whatever is confirmed when", async () => {
    const action = fc.oneof(
      fc.constant({ kind: "tell" as const }),
      fc.constant({ kind: "announce" as const }),
      fc.record({ kind: fc.constant("confirm" as const), seq: fc.integer({ min: -5, max: 60 }) }),
      fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 12_000 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const { clock, events, journal } = rig();
        const announced: { seq: number; settled: "stored" | "silent" | undefined }[] = [];
        let confirmed = 0;
        for (const step of actions) {
          if (step.kind === "tell") journal.tell(note("x"));
          if (step.kind === "announce") {
            const entry = { seq: events.length + 1, settled: undefined as "stored" | "silent" | undefined };
            announced.push(entry);
            journal.announce(note("y")).then(
              () => (entry.settled = "stored"),
              () => (entry.settled = "silent"),
            );
          }
          if (step.kind === "confirm") {
            if (step.seq <= events.length) confirmed = Math.max(confirmed, step.seq);
            journal.confirm(step.seq);
          }
          await clock.advance(milliseconds(step.kind === "wait" ? step.ms : 0));
        }
        await clock.advance(seconds(20));
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
        expect(announced.every(({ settled }) => settled !== undefined)).toBe(true);
        const unstored = announced.filter(({ seq }) => seq > confirmed);
        expect(unstored.every(({ settled }) => settled === "silent")).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
