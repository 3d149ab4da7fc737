// The entry of the ports helper: a process of its own that lists ports, so that no driver can hold the station up.
import { reportOf } from "../core/error.ts";
import { listPortsAt } from "./list-ports-at.ts";

/** What Electron's `utilityProcess` gives its child. */
type ParentPort = {
  on(event: "message", handler: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown): void;
};

const { parentPort } = process as { readonly parentPort?: ParentPort };

if (parentPort === undefined) {
  process.stderr.write("This program is started by the station, not by hand.\n");
  process.exitCode = 2;
} else {
  parentPort.on("message", ({ data }) => {
    void listPortsAt(pathsOf(data)).then(
      (value) => parentPort.postMessage({ ok: true, value }),
      (error: unknown) => parentPort.postMessage({ ok: false, error: reportOf(error) }),
    );
  });
}

function pathsOf(message: unknown): readonly string[] {
  if (typeof message !== "object" || message === null || !("paths" in message) || !Array.isArray(message.paths))
    return [];
  return message.paths.filter((path): path is string => typeof path === "string");
}
