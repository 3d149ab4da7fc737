import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createSocket } from "node:dgram";

/** A program of another maker, with what it prints; its output is line-buffered, so that it can be waited for. */
export class OutsideProgram {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exited: Promise<number | null>;
  readonly #waiting = new Set<() => void>();
  #output = "";
  #ended = false;

  constructor(command: string, args: readonly string[], cwd: string) {
    this.#child = spawn("stdbuf", ["-oL", "-eL", command, ...args], { cwd });
    const take = (data: Buffer): void => {
      this.#output += data.toString("latin1");
      this.#wake();
    };
    this.#child.stdout.on("data", take);
    this.#child.stderr.on("data", take);
    this.#child.stdin.on("error", () => undefined);
    this.#exited = new Promise((resolve) => {
      this.#child.on("close", (code) => {
        this.#ended = true;
        this.#wake();
        resolve(code);
      });
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Waits until the program has printed something. Fails with all it printed when it ends before. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#output)) {
      if (this.#ended) throw new TypeError(`it ended without ${String(pattern)}:\n${this.#output}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Types a line. */
  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Ends its input and waits for its end; it is killed when that does not end it. */
  async stop(kill = true): Promise<number | null> {
    this.#child.stdin.end();
    if (kill) this.#child.kill();
    return this.#exited;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** A UDP port of 127.0.0.1 that was free a moment ago. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  const { port } = socket.address();
  await new Promise<void>((resolve) => {
    socket.close(resolve);
  });
  return port;
}
