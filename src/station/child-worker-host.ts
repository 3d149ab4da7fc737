import { fork, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StationError } from "../core/error.ts";
import type { SlotId } from "../core/ids.ts";
import type { WorkerHost, WorkerListener, WorkerProcess } from "./worker-host.ts";

/** Options of {@link ChildWorkerHost}. */
export type ChildWorkerOptions = {
  /** The worker's program; default: the bundled one where there is one, else its source. */
  readonly entry?: string;
  /** Where the workers' error output goes: nowhere by default, as texts of crashes may hold anything. */
  readonly errors?: "ignore" | "inherit";
};

/** What a process needs of the environment to run at all, to find helpers (udevadm) and temporary files; never keys or proxies. */
const KEPT_VARIABLES = ["PATH", "Path", "SystemRoot", "windir", "TEMP", "TMP", "TMPDIR", "LANG", "TZ"];

/**
 * Flags of V8 for a worker. A run's objects die young and are few: V8's young generation would grow to 24 MB a worker without
 * saving it time.
 */
export const WORKER_FLAGS = ["--max-semi-space-size=1"] as const;
/** glibc keeps an arena for each thread that ever allocated, none of which gives back what the others could use. */
const SMALL_ALLOCATOR = { MALLOC_ARENA_MAX: "1" } as const;

/** Worker processes by `child_process.fork`. */
export class ChildWorkerHost implements WorkerHost {
  readonly #entry: string;
  readonly #errors: "ignore" | "inherit";

  constructor(options: ChildWorkerOptions = {}) {
    this.#entry = options.entry ?? defaultEntry();
    this.#errors = options.errors ?? "ignore";
  }

  /** @throws StationError station.worker-start */
  start(slot: SlotId, listener: WorkerListener): WorkerProcess {
    const child = this.#fork(slot);
    listen(child, listener);
    return {
      pid: child.pid,
      send(message) {
        if (child.connected) child.send(message, () => undefined);
      },
      kill: () => void child.kill("SIGKILL"),
    };
  }

  #fork(slot: SlotId): ChildProcess {
    try {
      return fork(this.#entry, [slot], {
        env: workerEnvironment(process.env),
        // Neither inspector ports nor loaders of the core are passed on.
        execArgv: [...WORKER_FLAGS],
        stdio: ["ignore", "ignore", this.#errors, "ipc"],
        serialization: "json",
        // A group of its own: Ctrl-C in the terminal reaches the core alone, which then releases the modems in order.
        detached: process.platform !== "win32",
      });
    } catch (cause) {
      throw new StationError("station.worker-start", "the worker process cannot be started", { slot }, { cause });
    }
  }
}

/** Only the variables of the list, where they are set. */
export function keptEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    KEPT_VARIABLES.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}

/** What a worker process gets of the environment: what it needs to run, and a C library that keeps little. */
export function workerEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...keptEnvironment(environment), ...SMALL_ALLOCATOR };
}

function listen(child: ChildProcess, listener: WorkerListener): void {
  const end = {
    exited: false,
    disconnected: false,
    told: false,
    code: null as number | null,
    signal: null as string | null,
  };
  // The last messages may arrive after the exit: only when the channel is closed too is everything said.
  const tell = (): void => {
    if (!end.exited || !end.disconnected || end.told) return;
    end.told = true;
    listener.onExit({ code: end.code, signal: end.signal });
  };
  child.on("message", (message) => listener.onMessage(message));
  child.on("disconnect", () => {
    end.disconnected = true;
    tell();
  });
  child.on("exit", (code, signal) => {
    Object.assign(end, { exited: true, code, signal, disconnected: end.disconnected || !child.connected });
    tell();
  });
  child.on("error", (cause) => {
    if (end.told || child.pid !== undefined) return;
    end.told = true;
    const error = new StationError("station.worker-start", "the worker process cannot be started", {}, { cause });
    listener.onExit({ code: null, signal: null, error });
  });
}

/** `dist/worker.mjs` (scripts/build.ts) where it is, beside this bundle or below the project's root, else the source. */
function defaultEntry(): string {
  const candidates = ["./worker.mjs", "../../dist/worker.mjs", "../worker/main.ts"];
  const paths = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? paths.at(-1) ?? "";
}
