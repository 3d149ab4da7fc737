import type { FromWorker } from "../contract/order.ts";

/** The worker's side of its line to the station core, whatever platform forked the process. */
export interface WorkerPort {
  /** Sends a message; messages to a core that is gone are dropped. */
  send(message: FromWorker): void;
  /** Calls `handler` with each message as it came: nothing is known about it yet. */
  onMessage(handler: (message: unknown) => void): void;
  /** Calls `handler` once the core is gone; no message comes after it. */
  onGone(handler: () => void): void;
  /** Resolves when everything sent has left the process. */
  flushed(): Promise<void>;
}

/** What a process forked by Node has of its parent; the part of `process` that is used. */
type ForkedProcess = Pick<NodeJS.Process, "connected" | "on" | "once" | "send">;

/** What Electron's `utilityProcess` gives its child; its types come with Electron, which is not needed to run a worker. */
type ElectronParentPort = {
  on(event: "message", handler: (event: { readonly data: unknown }) => void): void;
  on(event: "close", handler: () => void): void;
  start?(): void;
  postMessage(message: unknown): void;
};

/** The line to the core, or undefined when no core forked this process. */
export function processPort(process: NodeJS.Process): WorkerPort | undefined {
  // Where Electron's types are loaded they know no end of the port, which Electron does tell.
  const { parentPort } = process as { readonly parentPort?: unknown } as { readonly parentPort?: ElectronParentPort };
  if (parentPort !== undefined) return electronPort(parentPort);
  return process.send === undefined ? undefined : forkedPort(process);
}

/** The line of a process made by `child_process.fork`. */
export function forkedPort(process: ForkedProcess): WorkerPort {
  const pending = new Set<Promise<void>>();
  return {
    send(message) {
      if (!process.connected) return;
      const sent = new Promise<void>((resolve) => {
        process.send?.(message, undefined, undefined, () => resolve());
      });
      pending.add(sent);
      void sent.then(() => pending.delete(sent));
    },
    onMessage(handler) {
      process.on("message", handler);
    },
    onGone(handler) {
      if (process.connected) process.once("disconnect", handler);
      else handler();
    },
    async flushed() {
      await Promise.all(pending);
    },
  };
}

/** The line of a process made by Electron's `utilityProcess.fork`. */
export function electronPort(parent: ElectronParentPort): WorkerPort {
  return {
    send(message) {
      parent.postMessage(message);
    },
    onMessage(handler) {
      parent.on("message", ({ data }) => handler(data));
      parent.start?.();
    },
    onGone(handler) {
      parent.on("close", handler);
    },
    async flushed() {
      // A posted message is the other process's at once.
    },
  };
}
