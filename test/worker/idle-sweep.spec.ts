import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { garbageCollector, usedMemory } from "../../src/worker/garbage.ts";
import { IdleSweep } from "../../src/worker/idle-sweep.ts";

const MB = 1_000_000;

/** A process whose runs leave things behind, of which a sweep takes all but the process itself. */
function rig() {
  const clock = new VirtualClock();
  const memory = { used: 10 * MB, sweeps: 0 };
  const sweep = new IdleSweep({
    clock,
    used: () => memory.used,
    collect: () => {
      memory.sweeps += 1;
      memory.used = 10 * MB;
    },
  });
  /** A run that leaves so much behind, then a rest. */
  const run = async (leaves: number, rest = seconds(2)): Promise<void> => {
    sweep.work();
    memory.used += leaves;
    sweep.rest();
    await clock.advance(rest);
  };
  return { clock, memory, sweep, run };
}

describe("IdleSweep", () => {
  it("sweeps after the first run, which leaves what only the start needed", async () => {
    const { memory, run } = rig();
    await run(0);
    expect(memory.sweeps).toBe(1);
  });

  it("sweeps again once enough lies about, however many runs that takes", async () => {
    const { memory, run } = rig();
    await run(5 * MB);
    for (let count = 0; count < 4; count++) await run(0.3 * MB);
    expect(memory.sweeps).toBe(1);
    await run(0.3 * MB);
    expect(memory.sweeps).toBe(2);
    expect(memory.used).toBe(10 * MB);
  });

  it("does not grow with the number of runs", async () => {
    const { memory, run } = rig();
    for (let count = 0; count < 500; count++) {
      await run(0.36 * MB);
      expect(memory.used).toBeLessThan(12 * MB);
    }
    expect(memory.sweeps).toBeLessThan(110);
  });

  it("leaves a run that begins at once the processor", async () => {
    const { memory, run, sweep, clock } = rig();
    await run(9 * MB, seconds(0.5));
    sweep.work();
    await clock.advance(seconds(60));
    expect(memory.sweeps).toBe(0);
  });

  it("does not wait for a rest that never comes", async () => {
    const { memory, run } = rig();
    for (let count = 0; count < 100; count++) {
      await run(1 * MB, seconds(0));
      expect(memory.used).toBeLessThan(18 * MB);
    }
    expect(memory.sweeps).toBeLessThan(20);
  });

  it("sweeps once after a rest, however long it is", async () => {
    const { memory, run } = rig();
    await run(9 * MB, seconds(3600));
    expect(memory.sweeps).toBe(1);
  });
});

describe("garbageCollector", () => {
  it("takes away what nobody holds any more", () => {
    const collect = garbageCollector();
    collect();
    const clean = usedMemory();
    const held = new Set(Array.from({ length: 200_000 }, (_none, index) => ({ index })));
    const full = usedMemory();
    held.clear();
    collect();
    expect(full - clean).toBeGreaterThan(2 * MB);
    expect(usedMemory() - clean).toBeLessThan((full - clean) / 2);
  });

  it("leaves no collector behind for other code", () => {
    garbageCollector()();
    expect("gc" in globalThis).toBe(false);
  });
});
