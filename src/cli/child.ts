import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { withLimit, type Clock, type LimitError } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { StationError } from "../core/error.ts";

const READY_LIMIT = seconds(30);
const STOP_LIMIT = seconds(10);
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
 * @throws StationError cli.child-failed when it ends or says nothing within 30 s
 */
export async function startChild(args: readonly string[], clock: Clock, signal: AbortSignal): Promise<StationChild> {
  // Nothing is said on the channel: the helper ends when it breaks.
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const stop = (): Promise<void> => stopChild(child, clock);
  const command = args[0] ?? "";
  const late: LimitError = { code: "cli.child-failed", what: "a helper process did not get ready", facts: { command } };
  try {
    const line = await withLimit(clock, READY_LIMIT, late, () => firstLine(child, command), signal);
    return { ready: JSON.parse(line) as unknown, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first line of the child's output; the rest is read and dropped, so that its pipe never fills. */
function firstLine(child: ChildProcess, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const refuse = (cause?: unknown): void =>
      reject(
        new StationError("cli.child-failed", "a helper process ended before it was ready", { command }, { cause }),
      );
    if (child.stdout !== null) createInterface({ input: child.stdout }).on("line", resolve);
    child.once("error", refuse);
    child.once("exit", () => refuse());
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
