import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to a server on 127.0.0.1 that a test can cut: connections stay open then, and nothing passes in either direction. */
export class TcpRelay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #state: { open: boolean };

  private constructor(port: number, server: Server, sockets: Set<Socket>, state: { open: boolean }) {
    this.port = port;
    this.#server = server;
    this.#sockets = sockets;
    this.#state = state;
  }

  /** Relays to a port. */
  static async start(target: number): Promise<TcpRelay> {
    const sockets = new Set<Socket>();
    const state = { open: true };
    const keep = (socket: Socket): void => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    };
    const server = createServer((inside) => {
      const outside = connect(target, "127.0.0.1");
      for (const [from, to] of [
        [inside, outside],
        [outside, inside],
      ] as const) {
        keep(from);
        from.on("data", (data) => {
          if (state.open) to.write(data);
        });
        from.on("close", () => to.destroy());
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return new TcpRelay(typeof address === "object" && address !== null ? address.port : 0, server, sockets, state);
  }

  /** Where stations connect, without TLS. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Nothing passes any more; what is sent is lost. */
  cut(): void {
    this.#state.open = false;
  }

  /** Connections that lived through a cut have lost bytes, so that they end; new ones pass. */
  mend(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#state.open = true;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
