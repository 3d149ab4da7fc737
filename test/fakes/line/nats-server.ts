import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Ports of 127.0.0.1 that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.on("error", reject);
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            resolve(typeof address === "object" && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** What a server is told besides its ports. */
export type NatsServerOptions = {
  readonly name?: string;
  readonly port?: number;
  /** Lines for its configuration file: TLS, accounts, cluster, mqtt. */
  readonly config?: string;
  /** Where its streams lie; default: in its own temporary folder. */
  readonly store?: string;
};

/** One `nats-server` with JetStream on 127.0.0.1, its files in a temporary folder. */
export class NatsServer {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly #config: string;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #output = "";

  private constructor(port: number, { name = "n1", config = "", store }: NatsServerOptions) {
    this.name = name;
    this.port = port;
    this.folder = mkdtempSync(join(tmpdir(), "nats-"));
    this.#config = join(this.folder, "server.conf");
    const jetstream = `jetstream { store_dir: "${store ?? join(this.folder, "store")}", max_mem: 64MB, max_file: 4GB }`;
    const lines = [`server_name: ${name}`, `listen: 127.0.0.1:${port}`, jetstream, config];
    writeFileSync(this.#config, `${lines.join("\n")}\n`);
  }

  /** Starts a server and waits until it takes connections. */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const [port = 0] = options.port === undefined ? await freePorts(1) : [options.port];
    const server = new NatsServer(port, options);
    await server.restart();
    return server;
  }

  /** Where stations connect, without TLS. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** What it printed. */
  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it again with what it has stored; waits until it takes connections. */
  async restart(): Promise<void> {
    await this.kill();
    const child = spawn("nats-server", ["-c", this.#config], { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    const take = (data: Buffer): void => {
      this.#output = (this.#output + data.toString("latin1")).slice(-100_000);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    this.#exited = new Promise((resolve) => {
      child.on("error", (error) => {
        take(Buffer.from(String(error)));
        resolve();
      });
      child.on("close", () => resolve());
    });
    void this.#exited.then(() => {
      if (this.#child === child) this.#child = undefined;
    });
    while (!(await answers(this.port))) {
      if (!this.running) throw new TypeError(`nats-server ended:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends it at once, as a power cut does; what is stored stays. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#exited;
  }

  /** Its process stands still: connections stay open and nothing answers. */
  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Ends it and removes its files. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", () => end(true));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}
