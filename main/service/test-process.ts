import { utilityProcess } from "electron";
import { keptEnvironment } from "../../src/station/child-worker-host.ts";
import { yieldProcessor } from "../yield-processor.ts";
import type { TestProcess } from "./service-tester.ts";

/** Starts the connection test's helper. @param entry path of its bundle */
export function startTestProcess(entry: string): TestProcess {
  const child = utilityProcess.fork(entry, [], {
    env: keptEnvironment(process.env),
    execArgv: [],
    // Texts of crashes may hold anything: they go nowhere.
    stdio: "ignore",
    serviceName: "connection test",
  });
  yieldProcessor(child);
  return {
    send: (message) => child.postMessage(message),
    onMessage: (handler) => void child.on("message", handler),
    onExit: (handler) => void child.once("exit", handler),
    kill: () => void child.kill(),
  };
}
