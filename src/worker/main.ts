// The entry of a device worker: a process of its own, forked by the station core.
import { describeError, StationError } from "../core/error.ts";
import { realClock } from "../core/real-clock.ts";
import { DeviceWorker } from "./device-worker.ts";
import { executeOrder } from "./execute-order.ts";
import { garbageCollector, usedMemory } from "./garbage.ts";
import { IdleSweep } from "./idle-sweep.ts";
import { processPort } from "./worker-port.ts";

const port = processPort(process);

if (port === undefined) {
  process.stderr.write("This program is started by the station, not by hand.\n");
  process.exitCode = 2;
} else {
  const worker = new DeviceWorker({
    port,
    clock: realClock,
    execute: executeOrder,
    sweep: new IdleSweep({ clock: realClock, used: usedMemory, collect: garbageCollector() }),
    onEnd: () => void port.flushed().then(() => process.exit(0)),
  });
  // An interrupt on the terminal reaches the whole group: the core decides what it means for the runs.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => worker.end(new StationError("station.closing", "the worker was told to end")));
  process.on("uncaughtExceptionMonitor", (error) => {
    port.send({ type: "log", level: "error", text: describeError(error).slice(0, 2048) });
  });
  worker.start();
}
