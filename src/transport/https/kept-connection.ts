import { Agent } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../core/clock.ts";
import type { Duration } from "../../core/duration.ts";
import { ignoreErrors } from "./socket-event.ts";

/** A verified connection that takes several requests, one after the other, while little time passes between them (RFC 9112 9.3). */
export class KeptConnection {
  readonly socket: TLSSocket;
  readonly agent: Agent;
  readonly #clock: Clock;
  readonly #limit: Duration;
  #resting = false;
  #cancel: () => void = () => undefined;

  /** @param limit how long it may rest between two requests: well below what servers allow, so that none is sent into a closing one */
  constructor(socket: TLSSocket, clock: Clock, limit: Duration) {
    this.socket = socket;
    this.#clock = clock;
    this.#limit = limit;
    this.agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.agent.createConnection = () => socket;
    ignoreErrors(socket);
    // Nobody asked for what comes now: it must not be taken for an answer to the next request.
    socket.on("data", () => {
      if (this.#resting) this.close();
    });
  }

  /** Whether it waits for a request, and its far side has not closed it. */
  get usable(): boolean {
    return this.#resting && !this.socket.destroyed && !this.socket.readableEnded;
  }

  /** A request begins. */
  work(): void {
    this.#cancel();
    this.#resting = false;
  }

  /** A request has ended; closed by itself after the limit. */
  rest(): void {
    this.#resting = true;
    this.#cancel = this.#clock.after(this.#limit, () => this.close());
  }

  /** Harmless when repeated. */
  close(): void {
    this.#cancel();
    this.agent.destroy();
    this.socket.destroy();
  }
}
