import { describe, expect, it } from "vitest";
import { serviceTester, type TestProcess } from "../../../main/service/service-tester.ts";
import type { ServiceTest } from "../../../src/contract/service-test.ts";
import { minutes } from "../../../src/core/duration.ts";
import { StationError } from "../../../src/core/error.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { profileAt } from "../../probe/probe-rig.ts";
import { TestAuthority } from "../../transport/https/test-authority.ts";

const ORDER = { profile: profileAt({ https: 1 }, new TestAuthority("a CA").pem) };
const at = (state: ServiceTest["state"], ...steps: ServiceTest["sides"][number]["steps"]): ServiceTest => ({
  ...{ profile: "Test service", state },
  sides: [{ side: "device", target: "localhost:1", steps }],
});
const RUNNING = at(
  "running",
  { step: "name", state: "passed", elapsedMs: 1 },
  { step: "connect", state: "running" },
  { step: "tls", state: "waiting" },
);
const PASSED = at("passed", { step: "name", state: "passed", elapsedMs: 1 });

function setUp() {
  const sent: unknown[] = [];
  const on: { message: (message: unknown) => void; exit: () => void } = {
    message: () => undefined,
    exit: () => undefined,
  };
  const life = { killed: 0 };
  const child: TestProcess = {
    send: (message) => sent.push(message),
    onMessage: (handler) => (on.message = handler),
    onExit: (handler) => (on.exit = handler),
    kill: () => (life.killed += 1),
  };
  const clock = new VirtualClock();
  const controller = new AbortController();
  const changes: ServiceTest[] = [];
  const done = serviceTester(() => child, clock)(ORDER, {
    signal: controller.signal,
    onChange: (test) => changes.push(test),
  });
  done.catch(() => undefined);
  return { sent, on, life, clock, controller, changes, done };
}

describe("a test in a process of its own", () => {
  it("passes on every change, answers the end, and ends the process", async () => {
    const { sent, on, life, changes, done } = setUp();
    expect(sent).toEqual([ORDER]);
    on.message({ kind: "changed", test: RUNNING });
    on.message({ kind: "ended", test: PASSED });
    expect(await done).toEqual(PASSED);
    expect([changes, life.killed]).toEqual([[RUNNING], 1]);
  });

  it("that is cancelled answers how far it came", async () => {
    const { on, life, controller, done } = setUp();
    on.message({ kind: "changed", test: RUNNING });
    controller.abort(new StationError("desktop.cancelled", "the work was cancelled"));
    expect(await done).toEqual(
      at(
        "cancelled",
        { step: "name", state: "passed", elapsedMs: 1 },
        { step: "connect", state: "cancelled" },
        { step: "tls", state: "not-reached" },
      ),
    );
    expect(life.killed).toBe(1);
  });

  it("that is cancelled before its first step says so", async () => {
    const { controller, done } = setUp();
    controller.abort(new StationError("desktop.cancelled", "the work was cancelled"));
    await expect(done).rejects.toMatchObject({ code: "desktop.cancelled" });
  });

  it("fails when the process ends, says nonsense, or hangs", async () => {
    const gone = setUp();
    gone.on.exit();
    await expect(gone.done).rejects.toMatchObject({ code: "probe.helper" });
    const mad = setUp();
    mad.on.message({ kind: "ended", test: "yes" });
    await expect(mad.done).rejects.toMatchObject({ code: "probe.helper" });
    const hung = setUp();
    await hung.clock.advance(minutes(5));
    await expect(hung.done).rejects.toMatchObject({ code: "probe.helper" });
    expect(hung.life.killed).toBe(1);
  });
});
