import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { ServerIdentity } from "./authority.ts";
import type { CoapsService } from "./coaps-server.ts";
import type { DeviceApi } from "./device-api.ts";
import { deviceCoapHandler } from "./device-coap.ts";
import type { RequestLine } from "./https-server.ts";

export type CoapsSideOptions = {
  readonly api: DeviceApi;
  readonly identity: ServerIdentity;
  /** A name stands for 127.0.0.1: UDP sockets are bound to addresses. */
  readonly host: string;
  readonly clock: Clock;
  /** Told of every handled request. */
  readonly onRequest: (line: RequestLine) => void;
  /** Told why a request or a handshake was refused. */
  readonly onError: (error: StationError) => void;
};

/** The device side over CoAP and DTLS. It is opened, and its code loaded, when it is asked for first. */
export class CoapsSide {
  readonly #options: CoapsSideOptions;
  #identity: ServerIdentity;
  #server: Promise<CoapsService> | undefined;
  #stopped = false;

  constructor(options: CoapsSideOptions) {
    this.#options = options;
    this.#identity = options.identity;
  }

  /**
   * Opens it, unless it is open.
   * @param port 0: any free one; where it is open already, it stays at its port
   * @returns its UDP port
   * @throws StationError dtls.listen, dtls.bad-identity: the next call tries again; station.closing once it is stopped
   */
  async offer(port: number): Promise<number> {
    if (this.#stopped) throw stopped();
    const opening = (this.#server ??= this.#open(port));
    try {
      return (await opening).port;
    } catch (error) {
      if (this.#server === opening) this.#server = undefined;
      throw error;
    }
  }

  /** Uses a new certificate for handshakes from now on. */
  renew(identity: ServerIdentity): void {
    this.#identity = identity;
    this.#server?.then(
      (server) => server.renew(identity),
      () => undefined,
    );
  }

  /** Closes every connection; it cannot be opened again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const server = await this.#server?.catch(() => undefined);
    await server?.stop();
  }

  async #open(port: number): Promise<CoapsService> {
    const { api, host, clock, onRequest, onError } = this.#options;
    const { startCoaps } = await import("./coaps-server.ts");
    if (this.#stopped) throw stopped();
    return startCoaps({
      ...{ host: isIP(host) === 0 ? "127.0.0.1" : host, port, identity: this.#identity, clock, random: randomBytes },
      handler: ({ connectionId }) => deviceCoapHandler({ api, connectionId, onError }),
      onRequest: (method, path, code, took) =>
        onRequest({ side: "device", method, path, status: Number(code.replace(".", "")), took }),
      onError,
    });
  }
}

function stopped(): StationError {
  return new StationError("station.closing", "the embedded service was stopped");
}
