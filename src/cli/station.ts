#!/usr/bin/env node
import { StationError } from "../core/error.ts";
import type { Facts } from "../core/fact.ts";
import { realClock } from "../core/real-clock.ts";
import { libraryConsole } from "./library-console.ts";
import { main } from "./main.ts";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Aborted by what asks the program to end. A helper of another process ends with that process; an interrupt on the terminal
 * reaches it too, and what that means is decided there.
 */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (facts: Facts): void =>
    controller.abort(new StationError("station.aborted", "stopped by a signal", facts));
  const isHelper = process.send !== undefined;
  for (const name of STOP_SIGNALS)
    process.on(name, () => {
      if (!isHelper || name === "SIGTERM") stop({ signal: name });
    });
  if (isHelper) process.once("disconnect", () => stop({ signal: "disconnect" }));
  // Listening for its end would keep this program alive by itself.
  process.channel?.unref();
  if (isHelper && !process.connected) stop({ signal: "disconnect" });
  return controller.signal;
}

// A closed terminal or pipe must not end the program in the middle of a run.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

// Results are read by machines: nothing that a library prints may come between them.
globalThis.console = libraryConsole((text) => process.stderr.write(text));

process.exitCode = await main(process.argv.slice(2), {
  clock: realClock,
  signal: stopSignal(),
  environment: process.env,
  stdin: process.stdin,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  terminal: process.stderr.isTTY,
  colours: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "",
});
