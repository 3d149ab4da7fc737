import type { Socket } from "node:net";
import { abortReason } from "../../core/clock.ts";

/**
 * Waits until a socket raises `event`. Whatever ends the wait otherwise destroys the socket.
 * @throws the socket's error; the signal's reason when that aborts
 */
export function socketEvent(socket: Socket, event: "connect" | "secureConnect", signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      socket.off(event, onEvent);
      socket.off("error", onError);
      signal.removeEventListener("abort", onAbort);
    };
    const onEvent = (): void => {
      settle();
      resolve();
    };
    const onError = (error: Error): void => {
      settle();
      ignoreErrors(socket);
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => onError(abortReason(signal));
    socket.once(event, onEvent);
    socket.once("error", onError);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

/** Keeps errors of a socket that nobody uses any more from ending the process. */
export function ignoreErrors(socket: Socket): void {
  socket.on("error", () => undefined);
}
