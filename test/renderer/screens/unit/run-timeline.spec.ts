import { describe, expect, it } from "vitest";
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

  it("is empty for a run without events", () => {
    expect(timelineOf([]).phases.every(({ state }) => state === "unreached")).toBe(true);
  });
});
