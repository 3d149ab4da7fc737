import { once } from "node:events";
import { utilityProcess } from "electron";
import { z } from "zod";
import { ErrorReportSchema } from "../../src/contract/common.ts";
import { withLimit, type Clock } from "../../src/core/clock.ts";
import { seconds, type Duration } from "../../src/core/duration.ts";
import { errorOf, StationError } from "../../src/core/error.ts";
import { keptEnvironment } from "../../src/station/child-worker-host.ts";
import { yieldProcessor } from "../yield-processor.ts";

const ANSWER_LIMIT = seconds(30);
const STOP_LIMIT = seconds(10);

const AnswerSchema = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), error: ErrorReportSchema }),
]);

/** A helper process. It ends with this process, however that ends. */
export type Helper = {
  /** Sends a message and waits for its answer; one at a time. @throws StationError desktop.helper; what the helper reports */
  ask(message: unknown): Promise<unknown>;
  /** Whether its process has ended. */
  readonly over: () => boolean;
  /** Asks it to end, then ends it. */
  stop(): Promise<void>;
};

/** Starts a helper. @param entry path of its bundle @param name as system monitors show it @param limit for each answer */
export function startHelper(entry: string, name: string, clock: Clock, limit: Duration = ANSWER_LIMIT): Helper {
  const child = utilityProcess.fork(entry, [], {
    env: keptEnvironment(process.env),
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit"],
    serviceName: name,
  });
  yieldProcessor(child);
  const life = { over: false };
  const gone = new Promise<never>((_resolve, reject) => {
    child.once("exit", () => {
      life.over = true;
      reject(new StationError("desktop.helper", "a helper process ended", { helper: name }));
    });
  });
  // Nobody may be waiting when it ends.
  gone.catch(() => undefined);
  const late = { code: "desktop.helper", what: "a helper process did not answer", facts: { helper: name } } as const;
  const ask = async (message: unknown, longest = limit): Promise<unknown> => {
    const answered = once(child, "message");
    child.postMessage(message);
    const raw: unknown[] = await withLimit(clock, longest, late, () => Promise.race([answered, gone]));
    const answer = AnswerSchema.parse(raw[0]);
    if (!answer.ok) throw errorOf(answer.error);
    return answer.value;
  };
  return {
    ask: (message) => ask(message),
    over: () => life.over,
    async stop() {
      if (life.over) return;
      await ask("stop", limit < STOP_LIMIT ? limit : STOP_LIMIT).catch(() => undefined);
      child.kill();
    },
  };
}
