import { Readable } from "node:stream";
import { main } from "../../../src/cli/main.ts";
import { StationError } from "../../../src/core/error.ts";
import { realClock } from "../../../src/core/real-clock.ts";

/** How a command line ended. */
export type Called = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Performs a command line in this process. A command that would run until it is stopped is told to end when it begins. */
export async function callMain(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Called> {
  const lasting = argv[0] === "simulate" || argv[0] === "service";
  const said = { stdout: "", stderr: "" };
  const code = await main(argv, {
    clock: realClock,
    signal: lasting ? AbortSignal.abort(new StationError("station.aborted", "stopped")) : new AbortController().signal,
    environment,
    stdin: Readable.from([]),
    out: (text) => (said.stdout += text),
    err: (text) => (said.stderr += text),
    terminal: false,
    colours: false,
  });
  return { code, ...said };
}
