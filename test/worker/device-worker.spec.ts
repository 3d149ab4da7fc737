import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FromWorkerSchema, type FromWorker, type Order, type ToWorker } from "../../src/contract/order.ts";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { reportOf, StationError } from "../../src/core/error.ts";
import type { RunId, SlotId } from "../../src/core/ids.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import type { ExecuteOrder, RunHooks } from "../../src/worker/active-run.ts";
import { DeviceWorker } from "../../src/worker/device-worker.ts";
import type { WorkerPort } from "../../src/worker/worker-port.ts";
import { profile, recipe } from "../run/support/run-rig.ts";

const CA = readFileSync(join(import.meta.dirname, "../../resources/ca/amazon-root-ca-1.pem"), "utf8");

/** The core's end of a line in memory. */
class FakePort implements WorkerPort {
  readonly sent: FromWorker[] = [];
  #message: (message: unknown) => void = () => undefined;
  #gone: () => void = () => undefined;

  send(message: FromWorker): void {
    this.sent.push(FromWorkerSchema.parse(JSON.parse(JSON.stringify(message))));
  }
  onMessage(handler: (message: unknown) => void): void {
    this.#message = handler;
  }
  onGone(handler: () => void): void {
    this.#gone = handler;
  }
  async flushed(): Promise<void> {
    await Promise.resolve();
  }
  hear(message: unknown): void {
    this.#message(message);
  }
  tell(message: ToWorker): void {
    this.hear(message);
  }
  vanish(): void {
    this.#gone();
  }
}

function rig(execute: ExecuteOrder = () => new Promise(() => undefined)) {
  const clock = new VirtualClock();
  const port = new FakePort();
  const ended = { count: 0 };
  const rests: string[] = [];
  const sweep = { rest: () => void rests.push("rest"), work: () => void rests.push("work") };
  const worker = new DeviceWorker({ port, clock, execute, sweep, onEnd: () => ended.count++ });
  worker.start();
  return { clock, port, ended, worker, rests };
}

const run = (count: number): RunId => `01900000-0000-7000-8001-${String(count).padStart(12, "0")}` as RunId;

function order(count = 1, slot = "1"): Order {
  return {
    ...{ runId: run(count), slot: slot as SlotId, station: "bench", port: { tcp: "127.0.0.1:1" }, release: "restore" },
    ...{ line: { baud: 115_200, flowControl: "none", lineEnding: "crlf", mode: "at" }, settings: { sink: "none" } },
    ...{ recipe: recipe(), profile: profile({ https: { host: "localhost", ca: CA } }), ownerKey: "key" },
  };
}

const finished = (port: FakePort) =>
  port.sent.flatMap((message) =>
    message.type === "event" && message.event.type === "run.finished" ? [message.event] : [],
  );

/** A run that waits for its stop and then finishes, as the real one does. */
const untilStopped: ExecuteOrder = (_order, { stop, journal }) =>
  new Promise((resolve) => {
    stop.addEventListener("abort", () => {
      journal.tell({ type: "run.finished", outcome: "ABORTED", release: "restored", elapsedMs: 1 });
      resolve(undefined);
    });
  });

describe("a device worker", () => {
  it("says that it is ready, then every second that it is alive", async () => {
    const { clock, port } = rig();
    await clock.advance(milliseconds(3500));
    expect(port.sent.map(({ type }) => type)).toEqual(["ready", "alive", "alive", "alive"]);
  });

  it("hands confirmations, admission and stop to the run that they name, and to no other", async () => {
    const heard: string[] = [];
    const execute: ExecuteOrder = async (_order, { journal, admission, stop }) => {
      stop.addEventListener("abort", () => heard.push("stop"));
      await journal.announce({ type: "note", level: "info", text: "x", facts: {} });
      heard.push("stored");
      heard.push((await admission(stop)).kind);
    };
    const { clock, port } = rig(execute);
    port.tell({ type: "order", order: order() });
    const named = { runId: run(1), slot: "1" as SlotId };
    for (const other of [
      { ...named, runId: run(2) },
      { ...named, slot: "2" as SlotId },
    ])
      port.tell({ type: "stored", ...other, seq: 1 });
    await clock.advance(milliseconds(1));
    expect(heard).toEqual([]);
    port.tell({ type: "stored", ...named, seq: 1 });
    port.tell({ type: "admission", ...named, admission: { kind: "admitted", settings: {} } });
    await clock.advance(milliseconds(1));
    expect(heard).toEqual(["stored", "admitted"]);
  });

  it("rests once the last of its runs has ended, not between runs that overlap, and no more when it is done", async () => {
    const ends = new Map<string, () => void>();
    const { clock, port, rests } = rig(({ slot }) => new Promise<void>((resolve) => ends.set(slot, resolve)));
    port.tell({ type: "order", order: order(1, "1") });
    port.tell({ type: "order", order: order(2, "2") });
    ends.get("1")?.();
    await clock.advance(milliseconds(1));
    expect(rests).toEqual(["work", "work"]);
    ends.get("2")?.();
    await clock.advance(milliseconds(1));
    expect(rests).toEqual(["work", "work", "rest"]);
    port.tell({ type: "shutdown" });
    await clock.advance(milliseconds(1));
    expect(rests).toEqual(["work", "work", "rest", "work"]);
  });

  it("runs several slots side by side, one run in each", async () => {
    const { clock, port } = rig();
    port.tell({ type: "order", order: order(1, "1") });
    port.tell({ type: "order", order: order(2, "2") });
    port.tell({ type: "order", order: order(3, "1") });
    await clock.advance(milliseconds(1));
    expect(finished(port)).toMatchObject([
      { runId: run(3), seq: 1, outcome: "ERROR", release: "untouched", error: { code: "station.slot-busy" } },
    ]);
  });

  it("takes the next order for a slot once its run is over", async () => {
    const done: string[] = [];
    const { clock, port } = rig((given) => Promise.resolve(done.push(given.runId)));
    for (const count of [1, 2]) {
      port.tell({ type: "order", order: order(count) });
      await clock.advance(milliseconds(1));
    }
    expect(done).toEqual([run(1), run(2)]);
  });

  it("ends a run that cannot begin, with its reason and the modem untouched", async () => {
    const { clock, port } = rig(() => Promise.reject(new StationError("link.bad-address", "no such port")));
    port.tell({ type: "order", order: order() });
    await clock.advance(milliseconds(1));
    expect(finished(port)).toMatchObject([
      { outcome: "ERROR", release: "untouched", error: { code: "link.bad-address" } },
    ]);
  });

  it("tells no second end when a run fails after its last event", async () => {
    const { clock, port } = rig((_order, { journal }) => {
      journal.tell({ type: "run.finished", outcome: "PASS", release: "restored", elapsedMs: 1 });
      return Promise.reject(new TypeError("late"));
    });
    port.tell({ type: "order", order: order() });
    await clock.advance(milliseconds(1));
    expect(finished(port)).toHaveLength(1);
  });

  it("passes settings on with the run they belong to", async () => {
    const { clock, port } = rig(async (_order, { keepSetting }) => {
      keepSetting("site/name", "Oslo");
    });
    port.tell({ type: "order", order: order() });
    await clock.advance(milliseconds(1));
    expect(port.sent).toContainEqual({ type: "setting", runId: run(1), slot: "1", key: "site/name", value: "Oslo" });
  });

  it.each(["shutdown", "gone"])("at %s stops every run, waits for the releases, then ends once", async (how) => {
    const { clock, port, ended } = rig(untilStopped);
    port.tell({ type: "order", order: order(1, "1") });
    port.tell({ type: "order", order: order(2, "2") });
    if (how === "gone") port.vanish();
    else port.tell({ type: "shutdown" });
    port.tell({ type: "shutdown" });
    expect(ended.count).toBe(0);
    await clock.advance(milliseconds(1));
    expect(finished(port).map(({ outcome }) => outcome)).toEqual(["ABORTED", "ABORTED"]);
    expect(ended.count).toBe(1);
    expect(clock.untilNext()).toBeUndefined();
  });

  it("takes no order once it is ending", async () => {
    const { clock, port, ended } = rig(
      (_order, { stop }) => new Promise((resolve) => stop.addEventListener("abort", resolve)),
    );
    port.tell({ type: "order", order: order(1, "1") });
    port.tell({ type: "shutdown" });
    port.tell({ type: "order", order: order(2, "2") });
    await clock.advance(seconds(1));
    expect(finished(port)).toMatchObject([{ runId: run(2), outcome: "ABORTED", error: { code: "station.closing" } }]);
    expect(ended.count).toBe(1);
  });

  it("ends the run of an order that it cannot read, naming the field and no value", async () => {
    const { port } = rig();
    port.hear({ type: "order", order: { ...order(), ownerKey: 7, recipe: "hunter2" } });
    expect(finished(port)).toMatchObject([{ runId: run(1), error: { code: "run.order-invalid" } }]);
    expect(JSON.stringify(port.sent)).not.toContain("hunter2");
  });

  it("survives any message, complains a bounded number of times, and goes on", async () => {
    const seen: RunHooks[] = [];
    const valid: ToWorker[] = [
      { type: "stored", runId: run(1), slot: "1" as SlotId, seq: 3 },
      { type: "abort", runId: run(9), slot: "1" as SlotId, error: reportOf(new StationError("station.aborted", "x")) },
    ];
    const message = fc.oneof(
      fc.anything({ withBigInt: false, withNullPrototype: true }),
      fc.record({
        type: fc.constantFrom("order", "stored", "admission", "abort"),
        order: fc.anything(),
        seq: fc.anything(),
      }),
      fc.record({ type: fc.constant("order"), order: fc.record({ runId: fc.constant(run(5)), slot: fc.string() }) }),
      fc.constantFrom(...valid),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 150 }), async (messages) => {
        const { clock, port, ended } = rig((_order, hooks) => Promise.resolve(seen.push(hooks)));
        for (const one of messages) port.hear(one);
        await clock.advance(milliseconds(1));
        expect(port.sent.filter(({ type }) => type === "log").length).toBeLessThanOrEqual(100);
        expect(ended.count).toBe(0);
        port.tell({ type: "order", order: order(1, "7") });
        await clock.advance(milliseconds(1));
        expect(seen.splice(0)).not.toHaveLength(0);
      }),
      { numRuns: 60 },
    );
  });
});
