import { spawn } from "node:child_process";
import { join } from "node:path";

const ENTRY = join(import.meta.dirname, "..", "..", "src", "cli", "station.ts");

/** How a `station` process ended. */
export type Ended = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A `station` process that runs until it ends or is stopped. */
export type StationProcess = {
  readonly pid: number;
  /** The first line on stdout. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Sends the signal to the process and its helpers, as a key on the terminal does; only with `ownGroup`. */
  interrupt(signal: NodeJS.Signals): void;
  /** Closes the reader of its outputs, as a terminal that goes away does. */
  hangUp(): void;
};

/** How a process is started beside its arguments. */
export type StartOptions = {
  /** A program that starts the command behind it, with its arguments: `["nice"]`. */
  readonly prefix?: readonly string[];
  readonly ownGroup?: boolean;
};

/** Starts `station ARGS` as a user would. */
export function startStation(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  { prefix = [], ownGroup = false }: StartOptions = {},
): StationProcess {
  const [program, ...before] = prefix;
  const command = program === undefined ? [] : [...before, process.execPath];
  const child = spawn(program ?? process.execPath, [...command, ENTRY, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    detached: ownGroup,
  });
  const chunks = { stdout: "", stderr: "" };
  child.stderr.setEncoding("utf8").on("data", (text: string) => (chunks.stderr += text));
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      chunks.stdout += text;
      const end = chunks.stdout.indexOf("\n");
      if (end >= 0) resolve(chunks.stdout.slice(0, end));
    });
    child.once("exit", () => reject(new Error(`ended before its first line: ${chunks.stderr}`)));
  });
  firstLine.catch(() => undefined);
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, ...chunks }));
  });
  return {
    pid: child.pid ?? 0,
    firstLine,
    ended,
    kill: (signal) => child.kill(signal),
    interrupt: (signal) => process.kill(-(child.pid ?? 0), signal),
    hangUp: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}

/** Runs `station ARGS` to its end. */
export function station(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return startStation(args, environment).ended;
}

/** The last line of an output as JSON. */
export function lastJson(ended: Ended): unknown {
  const line = ended.stdout.trim().split("\n").at(-1) ?? "";
  return JSON.parse(line) as unknown;
}
