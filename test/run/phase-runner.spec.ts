import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/contract/run-event.ts";
import { seconds } from "../../src/core/duration.ts";
import { sleep } from "../../src/core/clock.ts";
import { asStationError, StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { Journal } from "../../src/run/journal.ts";
import { PhaseRunner, STOP_GRACE } from "../../src/run/phase-runner.ts";
import { mayRepeat, pauseBefore, PHASE_TABLE } from "../../src/run/phase-table.ts";
import { RUN, SLOT } from "./support/run-rig.ts";

function rig() {
  const clock = new VirtualClock();
  const events: RunEvent[] = [];
  const emit = (event: RunEvent): void => void events.push(event);
  const journal = new Journal({ runId: RUN, slot: SLOT, clock, emit, storeLimit: seconds(10) });
  const stop = new AbortController();
  return { clock, events, stop, runner: new PhaseRunner({ journal, clock, stop: stop.signal }) };
}

/** The error that a promise fails with. */
async function failureOf(work: Promise<unknown>): Promise<StationError> {
  try {
    await work;
  } catch (error) {
    return asStationError(error);
  }
  throw new TypeError("it did not fail");
}

const lost = new StationError("link.lost", "gone");

describe("a phase", () => {
  it("tells its start with its limit and its end with its time", async () => {
    const { clock, events, runner } = rig();
    const work = runner.run("connect", () => sleep(clock, seconds(2)));
    await clock.advance(seconds(2));
    await work;
    expect(events).toMatchObject([
      { type: "phase.started", phase: "connect", attempt: 1, limitMs: 30_000 },
      { type: "phase.finished", phase: "connect", attempt: 1, result: "passed", elapsedMs: 2000 },
    ]);
  });

  it("is repeated after its pause where the table allows it, and answers the value", async () => {
    const { clock, events, runner } = rig();
    const work = runner.run("connect", ({ attempt }) => (attempt === 1 ? Promise.reject(lost) : Promise.resolve(7)));
    await clock.advance(seconds(1));
    expect(await work).toBe(7);
    expect(events.map((event) => (event.type === "phase.finished" ? event.result : event.type))).toEqual([
      "phase.started",
      "repeated",
      "phase.started",
      "passed",
    ]);
  });

  it("fails with the last error once its attempts are used up", async () => {
    const { clock, runner } = rig();
    const failure = failureOf(runner.run("connect", () => Promise.reject(lost)));
    await clock.advance(seconds(60));
    expect(await failure).toBe(lost);
  });

  it("takes work that throws at once, and foreign errors as station.internal", async () => {
    const { runner } = rig();
    const failure = await failureOf(
      runner.run("check", () => {
        throw new TypeError("oops");
      }),
    );
    expect(failure.code).toBe("station.internal");
  });

  it("ends at its limit although its work ends later, with the phase and the limit in the error", async () => {
    const { clock, runner } = rig();
    const failure = failureOf(runner.run("check", () => sleep(clock, seconds(200))));
    await clock.advance(seconds(200));
    expect(await failure).toMatchObject({
      code: "run.phase-limit",
      facts: { phase: "check", limit: { value: 60_000, unit: "ms" } },
    });
  });

  it("waits for its work to stop, but not for ever", async () => {
    const { clock, stop, runner } = rig();
    const failure = failureOf(runner.run("check", () => new Promise(() => undefined)));
    stop.abort(new StationError("station.aborted", "stopped"));
    const state = { over: false };
    void failure.then(() => (state.over = true));
    await clock.advance(seconds(100));
    expect(state.over).toBe(false);
    await clock.advance(STOP_GRACE);
    expect((await failure).code).toBe("station.aborted");
  });

  it("counts as stopped although its work ended well after the stop", async () => {
    const { clock, stop, events, runner } = rig();
    const failure = failureOf(runner.run("check", () => sleep(clock, seconds(2))));
    await clock.advance(seconds(1));
    stop.abort(new StationError("station.aborted", "stopped"));
    await clock.advance(seconds(1));
    expect((await failure).code).toBe("station.aborted");
    expect(events.at(-1)).toMatchObject({ type: "phase.finished", result: "failed" });
  });

  it("does not begin once the run is stopped", async () => {
    const { stop, events, runner } = rig();
    stop.abort(new StationError("station.aborted", "stopped"));
    expect(await failureOf(runner.run("check", () => Promise.resolve()))).toMatchObject({
      code: "station.aborted",
    });
    expect(events).toEqual([]);
  });

  it("leaves no timer behind", async () => {
    const { clock, runner } = rig();
    await runner.run("check", () => Promise.resolve());
    expect(clock.untilNext()).toBeUndefined();
  });
});

describe("the phase table", () => {
  it("repeats only errors of the phase's layers that may pass", () => {
    const { connect, provision, verify, check } = PHASE_TABLE;
    expect(mayRepeat(connect, 1, lost)).toBe(true);
    expect(mayRepeat(connect, 2, lost)).toBe(false);
    expect(mayRepeat(verify, 1, lost)).toBe(false);
    expect(mayRepeat(check, 1, lost)).toBe(false);
    expect(mayRepeat(connect, 1, new StationError("link.denied", "no"))).toBe(false);
    for (const code of ["transport.reset", "dtls.no-answer", "coap.closed", "provisioning.no-answer"] as const)
      expect(mayRepeat(provision, 1, new StationError(code, "lost"))).toBe(true);
    expect(mayRepeat(provision, 1, new StationError("dtls.certificate-expired", "old"))).toBe(false);
  });

  it("doubles its pauses and lets the service ask for longer ones, up to a minute", () => {
    const { claim } = PHASE_TABLE;
    expect([1, 2, 3].map((attempt) => pauseBefore(claim, attempt, lost))).toEqual([2000, 4000, 8000]);
    const asks = (value: number) =>
      new StationError("cloud.unavailable", "wait", { retryAfter: { value, unit: "ms" } });
    expect(pauseBefore(claim, 1, asks(30_000))).toBe(30_000);
    expect(pauseBefore(claim, 1, asks(600_000))).toBe(60_000);
  });
});
