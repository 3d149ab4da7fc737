import { createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../core/clock.ts";
import { milliseconds } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { PortClient, SimulatedPort } from "./simulated-port.ts";

/** How long a second client may wait for the first to go: the farewell of a closed connection can come after the next greeting. */
const HANDOVER = milliseconds(100);
/** How many bytes may wait for a host that does not read; beyond, bytes are lost as on a serial line. */
const MOST_UNREAD = 1_048_576;
/** How many bytes of a host are kept while the port takes none; a socket that is not read would not tell that its host has gone. */
const MOST_HELD = 65_536;

/** A simulated port as a tcp server: one client at a time; a second one is turned away with a reset. */
export class TcpPort {
  readonly #port: SimulatedPort;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #current: Socket | undefined;
  #next: Socket | undefined;

  constructor(port: SimulatedPort, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
    this.#server = createServer({ noDelay: true }, (socket) => this.#greet(socket));
  }

  /**
   * Opens the port.
   * @param number 0 lets the system choose
   * @returns the port's number
   * @throws StationError simulator.port-taken
   */
  listen(host: string, number: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const onError = (cause: Error): void =>
        reject(
          new StationError("simulator.port-taken", "the port cannot be opened", { host, port: number }, { cause }),
        );
      this.#server.once("error", onError);
      this.#server.listen({ host, port: number }, () => {
        this.#server.off("error", onError);
        // An accept that fails later (no file descriptors left) concerns that one client only.
        this.#server.on("error", () => undefined);
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : number);
      });
    });
  }

  /** Closes the port and every connection; harmless when repeated. */
  close(): Promise<void> {
    this.#port.stop();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#gone(socket));
    if (!this.#port.available) socket.resetAndDestroy();
    else if (this.#current === undefined) this.#admit(socket);
    else if (this.#next === undefined) this.#keepWaiting(socket);
    else socket.resetAndDestroy();
  }

  #keepWaiting(socket: Socket): void {
    this.#next = socket;
    const cancel = this.#clock.after(HANDOVER, () => {
      if (this.#next === socket) socket.resetAndDestroy();
    });
    socket.on("close", cancel);
  }

  #admit(socket: Socket): void {
    this.#current = socket;
    const client = new SocketClient(socket, (bytes) => this.#port.receive(bytes));
    this.#port.attach(client);
    socket.on("close", () => this.#port.detach(client));
    socket.on("end", () => socket.destroy());
  }

  #gone(socket: Socket): void {
    this.#sockets.delete(socket);
    if (this.#next === socket) this.#next = undefined;
    if (this.#current !== socket) return;
    this.#current = undefined;
    // An unplugged port is not there any more: connections are refused, not reset.
    if (!this.#port.available) this.#server.close();
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined) return;
    if (this.#port.available) this.#admit(next);
    else next.resetAndDestroy();
  }
}

/** The host at the other end of a socket. */
class SocketClient implements PortClient {
  readonly #socket: Socket;
  readonly #receive: (bytes: Uint8Array) => void;
  #held: Buffer[] = [];
  #reading = true;

  constructor(socket: Socket, receive: (bytes: Uint8Array) => void) {
    this.#socket = socket;
    this.#receive = receive;
    socket.on("data", (bytes) => this.#take(bytes));
  }

  write(bytes: Uint8Array): void {
    const { writable, writableLength } = this.#socket;
    if (writable && writableLength + bytes.length <= MOST_UNREAD) this.#socket.write(bytes);
  }

  setReading(reading: boolean): void {
    if (reading === this.#reading) return;
    this.#reading = reading;
    if (!reading) return;
    const held = Buffer.concat(this.#held);
    this.#held = [];
    if (this.#socket.isPaused()) this.#socket.resume();
    if (held.length > 0) this.#receive(held);
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  #take(bytes: Buffer): void {
    if (this.#reading) {
      this.#receive(bytes);
      return;
    }
    this.#held.push(bytes);
    if (this.#held.reduce((sum, { length }) => sum + length, 0) >= MOST_HELD) this.#socket.pause();
  }
}

/** The largest tcp port number. */
export const LAST_PORT = 65_535;

/** Checks that a row of ports fits.
 * @throws StationError simulator.bad-option
 */
export function checkPorts(first: number, count: number): void {
  if (Number.isInteger(first) && first >= 0 && first + count - 1 <= LAST_PORT) return;
  throw new StationError("simulator.bad-option", "the ports do not fit below the largest port number", {
    ...{ firstPort: first, limit: LAST_PORT },
    units: quantity(count, "items"),
  });
}
