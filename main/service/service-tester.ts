import type { ServiceTest, TestStep } from "../../src/contract/service-test.ts";
import { TestMessageSchema, type TestOrder } from "../../src/contract/service-test-helper.ts";
import { abortReason, withLimit, type Clock } from "../../src/core/clock.ts";
import { minutes } from "../../src/core/duration.ts";
import { errorOf, StationError } from "../../src/core/error.ts";

/** A helper process that tests one service, whatever forked it. */
export type TestProcess = {
  send(message: unknown): void;
  onMessage(handler: (message: unknown) => void): void;
  onExit(handler: () => void): void;
  kill(): void;
};

export type TestWatch = { readonly signal: AbortSignal; readonly onChange: (test: ServiceTest) => void };

/** Tests a service in a process of its own. @throws StationError probe.helper; the signal's reason when nothing was tried yet */
export type ServiceTester = (order: TestOrder, watch: TestWatch) => Promise<ServiceTest>;

/** Far more than all steps' limits together: a helper that hangs. */
const LONGEST = minutes(5);

/** A tester over processes that `start` makes, one a test; each is ended with its test. */
export function serviceTester(start: () => TestProcess, clock: Clock): ServiceTester {
  return async (order, { signal, onChange }) => {
    const known: { last?: ServiceTest } = {};
    const child = start();
    const late = { code: "probe.helper", what: "the connection test does not end" } as const;
    try {
      return await withLimit(
        clock,
        LONGEST,
        late,
        () =>
          ended(child, order, (test) => {
            known.last = test;
            onChange(test);
          }),
        signal,
      );
    } catch (error) {
      if (signal.aborted && known.last !== undefined) return cancelled(known.last);
      throw signal.aborted ? abortReason(signal) : error;
    } finally {
      child.kill();
    }
  };
}

function ended(child: TestProcess, order: TestOrder, onChange: (test: ServiceTest) => void): Promise<ServiceTest> {
  return new Promise((resolve, reject) => {
    child.onExit(() => reject(new StationError("probe.helper", "the connection test's process ended")));
    child.onMessage((raw) => {
      const message = TestMessageSchema.safeParse(raw);
      if (!message.success) {
        reject(new StationError("probe.helper", "the connection test's process said something unknown"));
        return;
      }
      switch (message.data.kind) {
        case "changed":
          onChange(message.data.test);
          return;
        case "ended":
          resolve(message.data.test);
          return;
        case "failed":
          reject(errorOf(message.data.error));
      }
    });
    child.send(order);
  });
}

/** The test as it stood when it was cancelled: nothing in it is under way or to come. */
export function cancelled({ profile, sides }: ServiceTest): ServiceTest {
  const stopped = (step: TestStep): TestStep => {
    if (step.state === "running") return { ...step, state: "cancelled" };
    return step.state === "waiting" ? { ...step, state: "not-reached" } : step;
  };
  return { profile, state: "cancelled", sides: sides.map((side) => ({ ...side, steps: side.steps.map(stopped) })) };
}
