import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** The host's side of a tcp port, for tests. */
export class TcpHost {
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  #text = "";
  /** Settles when the connection is over, in whatever way. */
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on("close", () => resolve());
    });
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      this.#text += bytes.toString("latin1");
      for (const check of this.#waiting) check();
    });
  }

  /** Opens a link `tcp://HOST:PORT`. */
  static async open(link: string): Promise<TcpHost> {
    const { hostname, port } = new URL(link);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const host = new TcpHost(socket);
    // A port that turns clients away may do so before this side has noticed that it was connected.
    await once(socket, "connect").catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "ECONNRESET")) throw error;
    });
    return host;
  }

  send(text: string): void {
    this.#socket.write(text, "latin1");
  }

  /** Sends a command and gives everything up to its final result or prompt. */
  async ask(command: string): Promise<string> {
    this.#text = "";
    const whole = new Promise<void>((resolve) => {
      const check = (): void => {
        if (!/(^|[\r\n])(OK|ERROR|\+CME ERROR: \d+)\r\n|uart:~\$/.test(this.#text)) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
    });
    this.send(`${command}\r`);
    await whole;
    return this.#text;
  }

  close(): void {
    this.#socket.destroy();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }
}
