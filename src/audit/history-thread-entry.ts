import { parentPort, workerData } from "node:worker_threads";
import { HistoryServer } from "./history-server.ts";
import type { HistoryRequest } from "./history-messages.ts";
import type { ToThread } from "./work-thread.ts";

// The entry of the history thread; its data is the path of the audit database.
const port = parentPort;
if (port !== null) {
  const server = new HistoryServer(String(workerData), (message) => port.postMessage(message));
  port.on("message", (message: ToThread<HistoryRequest>) => void server.take(message));
  port.on("close", () => server.close());
}
