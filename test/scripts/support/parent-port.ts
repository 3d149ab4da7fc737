// Loaded before a helper that Node runs: what Electron gives a helper to talk to its parent with, over Node's own channel.
import { EventEmitter } from "node:events";

const port = Object.assign(new EventEmitter(), { postMessage: (message: unknown) => process.send?.(message) });
// Node keeps messages until somebody listens; the helper does so once it is loaded.
port.once("newListener", () => void process.on("message", (data) => void port.emit("message", { data })));
process.on("disconnect", () => process.exit(0));
Object.assign(process, { parentPort: port });
