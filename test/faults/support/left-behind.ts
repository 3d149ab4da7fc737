import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";

/** A process as the system lists it. */
export type Found = { readonly pid: number; readonly command: readonly string[] };

/** Where processes and their environments can be seen. */
export const SEES_PROCESSES = process.platform === "linux";

/**
 * The living processes that were started, at whatever distance, with `TMPDIR=folder`: the station hands this variable on to
 * its helpers and workers, so a folder of its own marks everything that one start has made.
 */
export function processesOf(folder: string): readonly Found[] {
  const marker = `TMPDIR=${folder}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const environment = textOf(`/proc/${name}/environ`).split("\0");
      if (!environment.includes(marker)) return [];
      return [{ pid: Number(name), command: textOf(`/proc/${name}/cmdline`).split("\0").slice(0, -1) }];
    });
}

/** The worker process of a slot among those of {@link processesOf}. */
export function workerOf(folder: string, slot: string): Found | undefined {
  return processesOf(folder).find(({ command }) => command.at(-1) === slot && /worker/.test(command.at(-2) ?? ""));
}

// A process that ends in the meantime has no environment any more; nor has one that waits to be buried.
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Whether something listens at a tcp port of this machine. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
