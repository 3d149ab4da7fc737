import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { ToWorker } from "../../src/contract/order.ts";
import type { SlotId } from "../../src/core/ids.ts";
import { ChildWorkerHost, keptEnvironment, WORKER_FLAGS } from "../../src/station/child-worker-host.ts";
import type { WorkerExit, WorkerProcess } from "../../src/station/worker-host.ts";

const entry = fileURLToPath(new URL("../fixtures/station/worker-program.mjs", import.meta.url));
const shutdown: ToWorker = { type: "shutdown" };
const abort = { type: "abort", runId: "r", slot: "s", error: { code: "station.aborted" } } as unknown as ToWorker;

class Started {
  readonly messages: unknown[] = [];
  readonly process: WorkerProcess;
  readonly exit: Promise<WorkerExit>;
  #onMessage: () => void = () => undefined;

  constructor(slot: string, host = new ChildWorkerHost({ entry })) {
    let exited: (exit: WorkerExit) => void = () => undefined;
    this.exit = new Promise((resolve) => (exited = resolve));
    this.process = host.start(slot as SlotId, {
      onMessage: (message) => {
        this.messages.push(message);
        this.#onMessage();
      },
      onExit: (exit) => exited(exit),
    });
    started.push(this);
  }

  async until(count: number): Promise<readonly unknown[]> {
    while (this.messages.length < count) await new Promise<void>((resolve) => (this.#onMessage = resolve));
    return this.messages;
  }
}

const started: Started[] = [];

afterEach(async () => {
  for (const worker of started.splice(0)) {
    worker.process.kill();
    await worker.exit;
  }
});

const isAlive = (pid: number | undefined): boolean => {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("a worker process", () => {
  it("says that it is ready, hears, and ends when it is told to", async () => {
    const worker = new Started("good");
    expect(await worker.until(1)).toEqual([{ type: "ready" }]);
    worker.process.send(shutdown);
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    expect(isAlive(worker.process.pid)).toBe(false);
  });

  it("has no secret of the station's environment and no options of its process but the worker's own flags", async () => {
    process.env["STATION_TEST_SECRET"] = "s3cret";
    process.env["HTTPS_PROXY"] = "http://user:s3cret@proxy.example";
    try {
      const worker = new Started("good");
      await worker.until(1);
      worker.process.send(abort);
      const [, log] = await worker.until(2);
      expect(JSON.stringify(log)).not.toContain("s3cret");
      expect(JSON.parse((log as { text: string }).text)).toMatchObject({
        execArgv: [...WORKER_FLAGS],
        heard: { type: "abort" },
      });
    } finally {
      Reflect.deleteProperty(process.env, "STATION_TEST_SECRET");
      Reflect.deleteProperty(process.env, "HTTPS_PROXY");
    }
  });

  it("that ends by itself is told with its exit code", async () => {
    expect(await new Started("crash").exit).toEqual({ code: 3, signal: null });
  });

  it("is heard to its last message before its end is told", async () => {
    const worker = new Started("abrupt");
    await worker.until(1);
    worker.process.send(abort);
    expect((await worker.exit).code).toBe(7);
    expect(worker.messages.length).toBeGreaterThanOrEqual(1);
    worker.process.send(abort);
  });

  it("that does not obey is killed", async () => {
    const worker = new Started("stubborn");
    await worker.until(1);
    worker.process.send(shutdown);
    worker.process.kill();
    expect(await worker.exit).toMatchObject({ code: null, signal: "SIGKILL" });
    expect(isAlive(worker.process.pid)).toBe(false);
  });

  it("whose program is not there ends with a code", async () => {
    const worker = new Started("good", new ChildWorkerHost({ entry: `${entry}.missing` }));
    expect((await worker.exit).code).toBe(1);
  });
});

describe("the environment of workers", () => {
  it("keeps what processes need to run, nothing else", () => {
    const before = { PATH: "/bin", TMPDIR: "/t", NODE_OPTIONS: "--inspect", NRF_CLOUD_API_KEY: "k", HTTPS_PROXY: "p" };
    expect(keptEnvironment(before)).toEqual({ PATH: "/bin", TMPDIR: "/t" });
  });
});
