// The service's connection test as a helper process of the desktop: one order, its changes, its end.
import { realClock } from "../core/real-clock.ts";
import { answerOrder } from "./answer-order.ts";

/** What Electron's `utilityProcess` gives its child; its types come with Electron. */
type ParentPort = {
  once(event: "message", handler: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown): void;
};

const { parentPort } = process as { readonly parentPort?: ParentPort };
parentPort?.once("message", ({ data }) => {
  void answerOrder(data, (message) => parentPort.postMessage(message), realClock);
});
