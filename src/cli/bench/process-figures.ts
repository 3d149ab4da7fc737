import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second of `/proc/PID/stat`: 100 on every Linux that Node runs on. */
const TICKS = 100;
const SAMPLING = 200;

/**
 * Processor seconds of this process and of its device workers so far, from `/proc`; undefined where there is none.
 * The difference of two readings is what happened between them.
 */
export function stationSeconds(): number | undefined {
  const all = ["self", ...workerIds().map(String)].map(secondsOf);
  return all[0] === undefined ? undefined : all.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0);
}

function secondsOf(pid: string): number | undefined {
  const [user, system] = statFields(pid)?.slice(11, 13).map(Number) ?? [];
  return user === undefined || system === undefined ? undefined : (user + system) / TICKS;
}

/** Watches the memory of the device workers until it is ended: the greatest mean share of one of them. Linux only. */
export class WorkerWatch {
  #greatest: number | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#sample(), SAMPLING);
  }

  /** @returns MB, proportional set size, or undefined where it cannot be read */
  end(): number | undefined {
    clearInterval(this.#timer);
    return this.#greatest;
  }

  #sample(): void {
    const mean = meanWorkerMb();
    if (mean !== undefined) this.#greatest = Math.max(this.#greatest ?? 0, mean);
  }
}

/** What a device worker takes in the mean, MB; undefined where there is none or where it cannot be read. */
export function meanWorkerMb(): number | undefined {
  const sizes = workerIds().flatMap((pid) => proportionalMb(pid) ?? []);
  return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

/** Files and sockets that this process has open; undefined without `/proc`. */
export function openFiles(): number | undefined {
  return attempt(() => readdirSync("/proc/self/fd").length);
}

/** Proportional set size of a process in MB; undefined without `/proc`. */
export function proportionalMb(pid: number | "self"): number | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  const size = /^Pss: +(\d+) kB$/m.exec(text ?? "")?.[1];
  return size === undefined ? undefined : Number(size) / 1024;
}

function workerIds(): readonly number[] {
  const children = attempt(() => readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")) ?? "";
  return children.split(" ").flatMap((pid) => {
    const line = attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    return line?.includes("worker.mjs") === true ? [Number(pid)] : [];
  });
}

/** The fields of `/proc/PID/stat` behind the program's name, which may hold anything. */
function statFields(pid: string): readonly string[] | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
