import { describe, expect, it } from "vitest";
import type { SlotId } from "../../src/core/ids.ts";
import { SharedWorkerHost } from "../../src/station/shared-worker-host.ts";
import type { WorkerExit, WorkerProcess } from "../../src/station/worker-host.ts";
import { FakeWorkerHost } from "../fakes/fake-worker-host.ts";

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

function rig(slots: number) {
  const host = new FakeWorkerHost();
  host.autoReady = false;
  const shared = new SharedWorkerHost(host, slots);
  const heard: string[] = [];
  const exits: [string, WorkerExit][] = [];
  const start = (slot: string): WorkerProcess =>
    shared.start(slot as SlotId, {
      onMessage: (message) => heard.push(`${slot}:${(message as { type: string }).type}`),
      onExit: (exit) => exits.push([slot, exit]),
    });
  return { host, heard, exits, start };
}

describe("slots that share worker processes", () => {
  it("take their places in as few processes as their number allows", () => {
    const { host, start } = rig(2);
    for (const slot of ["1", "2", "3"]) start(slot);
    expect(host.workers).toHaveLength(2);
  });

  it("all hear that the process is ready, those who come later as well", async () => {
    const { host, heard, start } = rig(3);
    start("1");
    start("2");
    host.workers[0]?.ready();
    start("3");
    await settled();
    expect(heard).toEqual(["1:ready", "2:ready", "3:ready"]);
  });

  it("hear what concerns them: their events, settings and questions, and what concerns the process", () => {
    const { host, heard, start } = rig(2);
    start("1");
    start("2");
    const [worker] = host.workers;
    worker?.say({ type: "event", event: { slot: "2", type: "note" } });
    worker?.say({ type: "ask", slot: "1" });
    worker?.say({ type: "alive" });
    worker?.say("nonsense");
    expect(heard).toEqual(["2:event", "1:ask", "1:alive", "2:alive", "1:undefined", "2:undefined"]);
  });

  it("lose the process together, and begin anew together", async () => {
    const { host, exits, start } = rig(2);
    const first = start("1");
    start("2");
    first.kill();
    start("1");
    await settled();
    expect(exits.map(([slot, { signal }]) => [slot, signal])).toEqual([
      ["1", "SIGKILL"],
      ["2", "SIGKILL"],
    ]);
    start("2");
    expect(host.workers).toHaveLength(2);
  });

  it("end the process with the last of them", async () => {
    const { host, start } = rig(2);
    const [one, two] = [start("1"), start("2")];
    one.send({ type: "shutdown" });
    expect(host.workers[0]?.heard).toEqual([]);
    two.send({ type: "shutdown" });
    await settled();
    expect(host.workers[0]?.heard).toEqual(["shutdown"]);
    expect(host.alive).toBe(0);
  });
});
