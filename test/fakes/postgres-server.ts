import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./line/nats-server.ts";

const PASSWORD = "of-the-test";

/** PostgreSQL's own server on 127.0.0.1, its files in a temporary folder. */
export class PostgresServer {
  readonly port: number;
  readonly #folder: string;
  readonly #user: User | undefined;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #output = "";

  private constructor(port: number, folder: string, user: User | undefined, options: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#user = user;
    this.#options = options;
  }

  /** Makes a cluster and starts it. @param options further settings, `name=value` @param tls PEM of its certificate and key */
  static async start(
    options: readonly string[] = ["fsync=off"],
    tls?: { readonly certificate: string; readonly key: string },
  ): Promise<PostgresServer> {
    const [port = 0] = await freePorts(1);
    const user = otherUser();
    const folder = mkdtempSync(join(tmpdir(), "postgres-"));
    const password = join(folder, "password");
    writeFileSync(password, PASSWORD);
    const [certificate, key] = [join(folder, "server.pem"), join(folder, "server.key")];
    writeFileSync(certificate, tls?.certificate ?? "");
    writeFileSync(key, tls?.key ?? "", { mode: 0o600 });
    const files = [folder, password, certificate, key];
    if (user !== undefined) for (const path of files) chownSync(path, user.uid, user.gid);
    const secure = tls === undefined ? [] : ["ssl=on", `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`];
    const server = new PostgresServer(port, folder, user, [...options, ...secure]);
    server.#runToEnd("initdb", [
      ...["-D", join(folder, "data"), "-U", "postgres", "--pwfile", password, "-A", "scram-sha-256"],
      ...["-E", "UTF8", "--locale", "C", "--no-sync"],
    ]);
    await server.restart();
    return server;
  }

  /** The address of a database for a user; the password is the superuser's. */
  address(database = "postgres", user = "postgres"): string {
    return `postgres://${user}:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it again with what it has stored; waits until it takes sessions. */
  async restart(): Promise<void> {
    await this.kill();
    const settings = ["unix_socket_directories=", "listen_addresses=127.0.0.1", ...this.#options];
    const [command, ...args] = this.#command("postgres", [
      ...["-D", join(this.#folder, "data"), "-p", String(this.port)],
      ...settings.flatMap((setting) => ["-c", setting]),
    ]);
    const child = spawn(command ?? "", args, { stdio: ["ignore", "pipe", "pipe"], cwd: this.#folder });
    const take = (data: Buffer): void => {
      this.#output = (this.#output + data.toString("latin1")).slice(-20_000);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    this.#child = child;
    this.#exited = new Promise((resolve) => child.on("close", () => resolve()));
    void this.#exited.then(() => {
      if (this.#child === child) this.#child = undefined;
    });
    while (!(await answers(this.port)) || !this.#output.includes("ready to accept connections")) {
      if (!this.running) throw new TypeError(`postgres ended:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends it at once with its sessions ("immediate shutdown"). */
  async kill(): Promise<void> {
    this.#output = "";
    this.#child?.kill("SIGQUIT");
    await this.#exited;
  }

  /** Ends it and removes its files. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #runToEnd(program: string, args: readonly string[]): void {
    const [command, ...rest] = this.#command(program, args);
    const { status, stderr } = spawnSync(command ?? "", rest, { cwd: this.#folder, encoding: "utf8" });
    if (status !== 0) throw new TypeError(`${program} failed:\n${stderr}`);
  }

  /** The server refuses to run as root. */
  #command(program: string, args: readonly string[]): readonly string[] {
    const command = [join(binaries(), program), ...args];
    if (this.#user === undefined) return command;
    const { uid, gid } = this.#user;
    return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", ...command];
  }
}

type User = { readonly uid: number; readonly gid: number };

function otherUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const number = (...args: readonly string[]): number => Number(spawnSync("id", args, { encoding: "utf8" }).stdout);
  const name = spawnSync("id", ["-u", "postgres"]).status === 0 ? "postgres" : "nobody";
  return { uid: number("-u", name), gid: number("-g", name) };
}

/** Debian keeps the server's programs beside the versions of their clusters. */
function binaries(): string {
  const versions = "/usr/lib/postgresql";
  if (!existsSync(versions)) return "";
  const newest = readdirSync(versions).sort((one, other) => Number(other) - Number(one))[0] ?? "";
  return join(versions, newest, "bin");
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
