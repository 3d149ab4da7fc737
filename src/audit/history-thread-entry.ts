import { parentPort, workerData } from "node:worker_threads";
import { HistoryServer } from "./history-server.ts";
import type { ToHistory } from "./history-messages.ts";

// The entry of the history thread; its data is the path of the audit database.
const port = parentPort;
if (port !== null) {
  const server = new HistoryServer(String(workerData), (message) => port.postMessage(message));
  port.on("message", (message: ToHistory) => void server.take(message));
  port.on("close", () => server.close());
}
