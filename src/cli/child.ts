import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { withLimit, type Clock, type LimitError } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { EXIT } from "./command.ts";

const READY_LIMIT = seconds(30);
const STOP_LIMIT = seconds(10);
/** How the line of readiness begins; what went wrong is told in an object of another form. */
const READY = '{"ready":true,';
const ENTRY = fileURLToPath(new URL("./station.ts", import.meta.url));

/** A `station` command that runs as a process of its own until it is stopped or this process is gone, however it went. */
export type StationChild = {
  /** The JSON object that it printed when it was ready. */
  readonly ready: unknown;
  /** Ends the process, first kindly, then by force. */
  stop(): Promise<void>;
};

/**
 * Starts `station ARGS` as a process of its own and waits for its line of readiness.
 * @throws StationError cli.child-refused when it ends as wrong usage, cli.child-failed when it ends otherwise or says nothing
 * within 30 s; what was wrong it has written to stderr itself
 * @param notes what becomes of its stderr
 */
export async function startChild(
  args: readonly string[],
  clock: Clock,
  signal: AbortSignal,
  notes: "inherit" | "ignore" = "inherit",
): Promise<StationChild> {
  // Nothing is said on the channel: the helper ends when it breaks.
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ["ignore", "pipe", notes, "ipc"] });
  const stop = (): Promise<void> => stopChild(child, clock);
  const command = args[0] ?? "";
  const late: LimitError = { code: "cli.child-failed", what: "a helper process did not get ready", facts: { command } };
  try {
    return { ready: await withLimit(clock, READY_LIMIT, late, () => readiness(child, command), signal), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the child prints when it is ready; the rest is read and dropped, so that its pipe never fills. */
function readiness(child: ChildProcess, command: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown): void =>
      reject(
        new StationError("cli.child-failed", "a helper process ended before it was ready", { command }, { cause }),
      );
    const refuse = (): void =>
      reject(new StationError("cli.child-refused", "a helper process refused its options", { command }));
    const take = (line: string): void => {
      if (line.startsWith(READY)) resolve(JSON.parse(line));
    };
    if (child.stdout !== null) createInterface({ input: child.stdout }).on("line", take);
    child.once("error", fail);
    child.once("exit", (code) => (code === EXIT.usage ? refuse() : fail()));
  });
}

async function stopChild(child: ChildProcess, clock: Clock): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const cancel = clock.after(STOP_LIMIT, () => child.kill("SIGKILL"));
  await gone;
  cancel();
}
