import { TestOrderSchema, type TestMessage } from "../contract/service-test-helper.ts";
import type { Clock } from "../core/clock.ts";
import { reportOf } from "../core/error.ts";
import { Secret } from "../core/secret.ts";
import { testService } from "./test-service.ts";

/** Carries out one order as it came from the main process, telling every change and the end. Never throws. */
export async function answerOrder(raw: unknown, tell: (message: TestMessage) => void, clock: Clock): Promise<void> {
  try {
    const { ownerKey, ...order } = TestOrderSchema.parse(raw);
    const test = await testService(ownerKey === undefined ? order : { ...order, ownerKey: new Secret(ownerKey) }, {
      clock,
      // Whoever cancels ends this process.
      signal: new AbortController().signal,
      onChange: (changed) => tell({ kind: "changed", test: changed }),
    });
    tell({ kind: "ended", test });
  } catch (error) {
    tell({ kind: "failed", error: reportOf(error) });
  }
}
