import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { electronPort, forkedPort, processPort } from "../../src/worker/worker-port.ts";

type Sender = NonNullable<NodeJS.Process["send"]>;

function forked() {
  const events = new EventEmitter();
  const sent: unknown[] = [];
  const acknowledge: (() => void)[] = [];
  const process = Object.assign(events, {
    connected: true,
    send: ((message: unknown, _handle: unknown, _options: unknown, done: () => void) => {
      sent.push(message);
      acknowledge.push(done);
      return true;
    }) as unknown as Sender,
  });
  return { process, sent, acknowledge, port: forkedPort(process as unknown as NodeJS.Process) };
}

describe("the line of a forked process", () => {
  it("sends, and knows when everything has left", async () => {
    const { port, sent, acknowledge } = forked();
    port.send({ type: "ready" });
    const state = { flushed: false };
    const flushed = port.flushed().then(() => (state.flushed = true));
    await Promise.resolve();
    expect(state.flushed).toBe(false);
    for (const done of acknowledge) done();
    await flushed;
    expect(sent).toEqual([{ type: "ready" }]);
  });

  it("drops what it would send to a parent that is gone", async () => {
    const { port, process, sent } = forked();
    process.connected = false;
    port.send({ type: "alive" });
    await port.flushed();
    expect(sent).toEqual([]);
  });

  it("hears messages and the parent's end", () => {
    const { port, process } = forked();
    const heard: unknown[] = [];
    port.onMessage((message) => heard.push(message));
    port.onGone(() => heard.push("gone"));
    process.emit("message", { a: 1 });
    process.emit("disconnect");
    expect(heard).toEqual([{ a: 1 }, "gone"]);
  });
});

describe("the line of an Electron utility process", () => {
  it("takes the data of events and posts messages", async () => {
    const parent = Object.assign(new EventEmitter(), {
      posted: [] as unknown[],
      postMessage: (message: unknown) => parent.posted.push(message),
    });
    const port = electronPort(parent);
    const heard: unknown[] = [];
    port.onMessage((message) => heard.push(message));
    parent.emit("message", { data: { type: "shutdown" } });
    port.send({ type: "ready" });
    await port.flushed();
    expect([heard, parent.posted]).toEqual([[{ type: "shutdown" }], [{ type: "ready" }]]);
  });

  it("is chosen where Electron gives a parent port; a process that nobody forked has no line", () => {
    expect(processPort({ parentPort: new EventEmitter() } as unknown as NodeJS.Process)).toBeDefined();
    expect(processPort({} as NodeJS.Process)).toBeUndefined();
  });
});
