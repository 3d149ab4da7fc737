import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A tcp proxy that remembers everything that went through it, in both directions. */
export class Tap {
  readonly address: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #chunks: Buffer[];

  private constructor(server: Server, sockets: Set<Socket>, chunks: Buffer[]) {
    this.#server = server;
    this.#sockets = sockets;
    this.#chunks = chunks;
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Opens a port of the loopback that leads to `target`, `host:port`. */
  static open(target: string): Promise<Tap> {
    const sockets = new Set<Socket>();
    const chunks: Buffer[] = [];
    const [host = "", port = ""] = target.split(":");
    const server = createServer((near) => {
      const far = connect({ host, port: Number(port) });
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        from.on("data", (bytes: Buffer) => {
          chunks.push(bytes);
          to.write(bytes);
        });
        from.on("end", () => to.end());
        from.on("error", () => to.destroy());
        from.on("close", () => to.destroy());
      }
    });
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(new Tap(server, sockets, chunks)));
    });
  }

  /** What was heard, both directions mixed as they came. */
  get text(): string {
    return Buffer.concat(this.#chunks).toString("latin1");
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
