import { describe, expect, it } from "vitest";
import type { RunEvent, RunEventBody } from "../../../../src/contract/run-event.ts";
import type { DeviceUuid } from "../../../../src/core/ids.ts";
import { timelineOf } from "../../../../renderer/screens/unit/run-timeline.ts";
import { recordedRuns } from "../recorded-runs.ts";

describe("the timeline of a run", () => {
  const { passed, failed } = recordedRuns();

  it("shows the seven phases in order, each within the run", () => {
    const { spanMs, phases } = timelineOf(passed.events);
    expect(phases.map(({ phase, state }) => `${phase} ${state}`)).toEqual([
      ...["connect passed", "identify passed", "check passed", "claim passed"],
      ...["provision passed", "verify passed", "release passed"],
    ]);
    expect(phases[0]?.fromMs).toBe(0);
    for (const { fromMs, elapsedMs } of phases) expect(fromMs + elapsedMs).toBeLessThanOrEqual(spanMs + 2);
  });

  it("shows commands one by one and the exchanges around them as one bar", () => {
    const provision = timelineOf(passed.events).phases.find(({ phase }) => phase === "provision");
    expect(provision?.steps.map(({ kind, text, state }) => [kind, text, state])).toEqual([
      ["command", "AT%CMNG 3,16842753,2", "ignored"],
      ["command", "AT%KEYGEN 16842753,2,0", "ok"],
      ["command", "AT%CMNG 3,16842753,0", "ignored"],
      ["command", 'AT%CMNG 0,16842753,0,"…"', "ok"],
      ["command", "AT%CMNG 3,42384,0", "ignored"],
      ["command", 'AT%CMNG 0,42384,0,"…"', "ok"],
      ["command", "config provisioning/interval-sec station/product", "ok"],
      ["command", "finished", "ok"],
      ["rest", "", "ok"],
    ]);
    expect(provision?.steps.at(-1)?.count).toBe(30);
  });

  it("marks the phase and the command that failed, and phases that were not reached", () => {
    const { phases } = timelineOf(failed.events);
    expect(phases.map(({ state }) => state)).toEqual([
      ...["passed", "passed", "passed", "passed", "failed", "unreached", "passed"],
    ]);
    const errors = phases.flatMap(({ steps }) => steps.filter(({ state }) => state === "error"));
    expect(errors.map(({ text }) => text)).toEqual(["AT%KEYGEN 16842753,2,0"]);
  });

  it("keeps a phase and a command open that were cut off", () => {
    const announced = failed.events.findIndex(({ type }) => type === "command.announced");
    const { phases } = timelineOf(failed.events.slice(0, announced + 1));
    const provision = phases.find(({ phase }) => phase === "provision");
    expect(provision?.state).toBe("running");
    expect(provision?.steps[0]).toMatchObject({ text: "AT%CMNG 3,16842753,2", state: "open" });
  });

  it("shows what was done at the owner's side among the claim's exchanges, with its end", () => {
    const at = (second: number): string => `2026-03-01T08:00:${String(second).padStart(2, "0")}.000Z`;
    const [started] = passed.events;
    const uuid = "50363154-3931-44f0-8022-121b6401627d" as DeviceUuid;
    const bodies: readonly RunEventBody[] = [
      { type: "phase.started", phase: "claim", attempt: 1, limitMs: 1000 },
      { type: "claim.announced", act: "claim", uuid, tags: [] },
      { type: "claim.concluded", act: "claim", uuid, result: "claimed" },
      { type: "queue.announced", act: "queue", first: 1, commands: ["config", "finished"], mark: "m" },
      { type: "queue.concluded", act: "queue", result: "refused", ids: [] },
      { type: "claim.concluded", act: "claim", uuid, result: "ours-already" },
      { type: "queue.announced", act: "discard", first: 0, commands: ["old"], mark: "m" },
    ];
    const events = bodies.map((body, index) => ({ ...started, ...body, seq: index + 1, at: at(index) }) as RunEvent);
    const claim = timelineOf([{ ...started, at: at(0) } as RunEvent, ...events]).phases.find(
      ({ phase }) => phase === "claim",
    );
    expect(
      claim?.steps.map(({ kind, text, count, state, elapsedMs }) => [kind, text, count, state, elapsedMs]),
    ).toEqual([
      ["owner", "claim", 1, "ok", 1000],
      ["owner", "queue", 2, "error", 1000],
      ["owner", "ours", 1, "ok", 0],
      ["owner", "discard", 1, "open", 0],
    ]);
  });

  it("is empty for a run without events", () => {
    expect(timelineOf([]).phases.every(({ state }) => state === "unreached")).toBe(true);
  });
});
