import { describe, expect, it } from "vitest";
import type { RunId, SlotId } from "../../src/core/ids.ts";
import type { RunEvent, RunEventBody } from "../../src/contract/run-event.ts";
import { idleSlot, reduceSlot, type SlotState } from "../../src/contract/slot-state.ts";

const slot = "A1" as SlotId;
const runId = "01890a5d-ac96-774b-bcce-b302099a8057" as RunId;
const at = "2026-01-01T00:00:00.000Z";
const body = (event: RunEventBody, seq = 0): RunEvent => ({ ...event, runId, slot, seq, at });

const started = body({
  type: "run.started",
  link: "tcp://127.0.0.1:4001",
  recipe: "Meter 14",
  recipeSha256: "0".repeat(64),
  again: false,
  training: true,
});
const command = (ordinal: number, total: number) =>
  ({ id: `x.${ordinal}`, kind: "at", text: `%CMNG ${ordinal}`, ordinal, total }) as const;
const after = (...events: readonly RunEventBody[]): SlotState =>
  events.reduce<SlotState>((state, event) => reduceSlot(state, body(event)), reduceSlot(idleSlot(slot), started));

describe("reduceSlot", () => {
  it("knows what a run is for, where it does not provision", () => {
    const golden = { ...started, purpose: "golden" } as RunEvent;
    expect(reduceSlot(idleSlot(slot), golden)).toMatchObject({ kind: "running", purpose: "golden" });
    expect(reduceSlot(idleSlot(slot), started)).not.toHaveProperty("purpose");
  });

  it("follows a run from start to result", () => {
    const state = after(
      { type: "phase.started", phase: "connect", attempt: 1, limitMs: 1000 },
      { type: "phase.finished", phase: "connect", attempt: 1, result: "passed", elapsedMs: 5 },
      { type: "phase.started", phase: "provision", attempt: 1, limitMs: 1000 },
      { type: "command.announced", command: command(1, 2) },
    );
    expect(state).toMatchObject({
      kind: "running",
      phase: "provision",
      phasesDone: 1,
      commandsDone: 0,
      commandsTotal: 2,
      command: "%CMNG 1",
    });
    const done = reduceSlot(state, body({ type: "run.finished", outcome: "PASS", release: "restored", elapsedMs: 9 }));
    expect(done).toMatchObject({ kind: "finished", outcome: "PASS", release: "restored", recipe: "Meter 14" });
    expect(done).not.toHaveProperty("command");
  });

  it("adds up commands over several lists", () => {
    const concluded = (ordinal: number): RunEventBody => ({
      type: "command.concluded",
      command: command(ordinal, 2),
      result: "ok",
      reply: "OK\r\n",
      elapsedMs: 1,
    });
    expect(
      after(
        { type: "command.announced", command: command(1, 2) },
        concluded(1),
        { type: "command.announced", command: command(2, 2) },
        concluded(2),
        { type: "command.announced", command: command(1, 2) },
      ),
    ).toMatchObject({ commandsDone: 2, commandsTotal: 4 });
  });

  it("keeps the last result until the next run starts, and ignores events of other runs", () => {
    const done = after({ type: "run.finished", outcome: "FAIL", release: "restored", elapsedMs: 9 });
    expect(reduceSlot(done, body({ type: "phase.started", phase: "verify", attempt: 1, limitMs: 1 }))).toBe(done);
    const other = {
      ...body({ type: "phase.started", phase: "verify", attempt: 1, limitMs: 1 }),
      runId: "01890a5d-ac96-774b-bcce-b302099a8058" as RunId,
    };
    const running = after();
    expect(reduceSlot(running, other)).toBe(running);
  });
});
