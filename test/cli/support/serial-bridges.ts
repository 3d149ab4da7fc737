import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

const LIMIT = 10_000;
const LOOK_EVERY = 20;

/** Whether this computer can make pseudo-terminals (socat; not on Windows). */
export const HAS_SOCAT = process.platform !== "win32" && spawnSync("socat", ["-V"]).status === 0;

/** Pseudo-terminals that stand for serial ports, each with a tcp port behind it. */
export class SerialBridges {
  readonly #processes: readonly ChildProcess[];

  private constructor(processes: readonly ChildProcess[]) {
    this.#processes = processes;
  }

  /** Bridges each tcp address to the path beside it; ready when every path is there. */
  static async start(bridges: readonly (readonly [tcp: string, path: string])[]): Promise<SerialBridges> {
    const processes = bridges.map(([tcp, path]) =>
      spawn("socat", [`pty,raw,echo=0,link=${path}`, `tcp:${tcp}`], { stdio: "ignore" }),
    );
    const end = performance.now() + LIMIT;
    while (!bridges.every(([, path]) => existsSync(path))) {
      if (performance.now() > end) throw new RangeError("the pseudo-terminals were not made in time");
      await setTimeout(LOOK_EVERY);
    }
    return new SerialBridges(processes);
  }

  async stop(): Promise<void> {
    const living = this.#processes.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const gone = living.map((child) => new Promise((resolve) => child.once("exit", resolve)));
    for (const child of living) child.kill("SIGTERM");
    await Promise.all(gone);
  }
}
