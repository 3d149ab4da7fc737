import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SlotId } from "../../src/core/ids.ts";
import {
  absentSlots,
  decideInsertions,
  nextInsertions,
  nextSettling,
  NOTHING_SEEN,
  SETTLING,
  type InsertionInput,
  type Insertions,
} from "../../src/station/insertions.ts";

const SLOTS = ["1", "2"] as SlotId[];
const [ONE, TWO] = SLOTS as [SlotId, SlotId];
const NONE: ReadonlySet<SlotId> = new Set();

const look = (at: number, ports: Record<string, string | undefined>): InsertionInput => ({
  ...{ kind: "seen", at },
  ports: new Map(Object.entries(ports) as [SlotId, string | undefined][]),
});
const tick = (at: number, running = NONE): InsertionInput => ({ kind: "tick", at, running });
const after = (...inputs: readonly InsertionInput[]): Insertions => inputs.reduce(nextInsertions, NOTHING_SEEN);
const decide = (state: Insertions, serials: Record<string, string> = {}, needsSerial = false, running = NONE) =>
  decideInsertions(state, {
    ...{ slots: SLOTS, running, needsSerial },
    serials: new Map(Object.entries(serials) as [SlotId, string][]),
  });
const ARM: InsertionInput = { kind: "arm" };
const EMPTY = look(0, { 1: undefined, 2: undefined });

describe("starting by plugging in", () => {
  it("starts a board that was plugged in while armed once its port has settled, and never again", () => {
    const plugged = after(EMPTY, ARM, look(100, { 1: "a", 2: undefined }));
    expect(decide(plugged).start).toEqual([]);
    expect(nextSettling(plugged)).toBe(100 + SETTLING);
    const settled = nextInsertions(plugged, tick(100 + SETTLING));
    expect(decide(settled).start).toEqual([ONE]);
    const used = nextInsertions(settled, { kind: "used", slots: [ONE] });
    expect(decide(used).start).toEqual([]);
    expect(decide(nextInsertions(used, look(9000, { 1: "a", 2: undefined }))).start).toEqual([]);
  });

  it("leaves what lay in the tray before it was armed, and what came before", () => {
    expect(decide(after(look(0, { 1: "a", 2: undefined }), ARM, tick(SETTLING))).start).toEqual([]);
    expect(decide(after(ARM, look(0, { 1: "a" }), tick(SETTLING))).start).toEqual([]);
    expect(decide(after(EMPTY, look(5, { 1: "a" }), ARM, tick(5 + SETTLING))).start).toEqual([]);
  });

  it("takes a port that flickers as settled only after it has stayed", () => {
    const flicker = after(EMPTY, ARM, look(0, { 1: "a" }), look(1000, { 1: undefined }), look(1200, { 1: "a" }));
    expect(decide(nextInsertions(flicker, tick(SETTLING))).start).toEqual([]);
    expect(decide(nextInsertions(flicker, tick(1200 + SETTLING))).start).toEqual([ONE]);
  });

  it("takes another board at the same place, seen between two looks, as a new one", () => {
    const used = after(EMPTY, ARM, look(0, { 1: "a" }), tick(SETTLING), { kind: "used", slots: [ONE] });
    expect(decide(after(EMPTY, ARM)).start).toEqual([]);
    const swapped = [look(5000, { 1: "b" }), tick(5000 + SETTLING)].reduce(nextInsertions, used);
    expect(decide(swapped).start).toEqual([ONE]);
  });

  it("has the serial scanned first where the recipe wants one", () => {
    const settled = after(EMPTY, ARM, look(0, { 1: "a", 2: "b" }), tick(SETTLING));
    expect(decide(settled, { 2: "PS-7" }, true)).toEqual({ start: [TWO], waiting: [ONE] });
    expect(decide(settled, { 1: "PS-6", 2: "PS-7" }, true)).toEqual({ start: SLOTS, waiting: [] });
  });

  it("drops what came back while the slot's run was going on", () => {
    const settled = after(EMPTY, ARM, look(0, { 1: "a" }), tick(SETTLING, new Set([ONE])));
    expect(decide(settled).start).toEqual([]);
  });

  it("forgets everything fresh when disarmed, and asks for nothing", () => {
    const settled = after(EMPTY, ARM, look(0, { 1: "a" }), tick(SETTLING), { kind: "disarm" }, ARM);
    expect(decide(settled, {}, true)).toEqual({ start: [], waiting: [] });
    expect(decide(after(EMPTY, ARM, look(0, { 1: "a" }), { kind: "disarm" }, ARM, tick(SETTLING))).start).toEqual([]);
  });

  it("starts other boards that were laid into slots on the network", () => {
    const renewed = after(ARM, { kind: "renewed", at: 0, slots: SLOTS, board: "board 1" }, tick(SETTLING));
    expect(decide(renewed).start).toEqual(SLOTS);
  });

  it("names the slots at whose port nothing is", () => {
    expect(absentSlots(after(look(0, { 1: undefined, 2: "a" })))).toEqual([ONE]);
  });

  it("starts no insertion twice and nothing unarmed, whatever happens", () => {
    const some = fc.constantFrom<string | undefined>(undefined, "a", "b");
    const input = fc.oneof(
      fc.record({ first: some, second: some }).map(({ first, second }) => ({ 1: first, 2: second })),
      fc.constantFrom("arm", "disarm", "tick", "renew" as const),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), fc.boolean(), (steps, needsSerial) => {
        let state = NOTHING_SEEN;
        let at = 0;
        const insertions = new Map<SlotId, number>();
        const starts = new Map<SlotId, number>();
        const apply = (next: InsertionInput): void => {
          const before = state;
          state = nextInsertions(state, next);
          for (const [slot, plug] of state.plugs)
            if (plug.at === "settling" && before.plugs.get(slot) !== plug)
              insertions.set(slot, (insertions.get(slot) ?? 0) + 1);
          const { start } = decide(state, { 1: "x", 2: "y" }, needsSerial);
          expect(state.armed ? [] : start).toEqual([]);
          for (const slot of start) starts.set(slot, (starts.get(slot) ?? 0) + 1);
          if (start.length > 0) state = nextInsertions(state, { kind: "used", slots: start });
        };
        for (const step of steps) {
          at += 700;
          if (typeof step !== "string") apply(look(at, step));
          else if (step === "tick") apply(tick(at));
          else if (step === "renew") apply({ kind: "renewed", at, slots: SLOTS, board: `b${at}` });
          else apply({ kind: step });
        }
        for (const [slot, count] of starts) expect(count).toBeLessThanOrEqual(insertions.get(slot) ?? 0);
      }),
    );
  });
});
