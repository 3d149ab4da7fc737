import { parentPort, workerData } from "node:worker_threads";
import type { ToThread } from "../../audit/work-thread.ts";
import { Secret } from "../../core/secret.ts";
import type { CentralRequest } from "./central-messages.ts";
import { CentralServer } from "./central-server.ts";
import { openForReading } from "./open-for-reading.ts";

// The entry of the thread that reads the central database; its data is the database's address, which is a secret.
const port = parentPort;
if (port !== null) {
  const address = new Secret(String(workerData));
  const server = new CentralServer(
    () => openForReading(address),
    (message) => port.postMessage(message),
  );
  port.on("message", (message: ToThread<CentralRequest>) => void server.take(message));
  port.on("close", () => void server.close());
}
