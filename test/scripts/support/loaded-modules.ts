import { execFileSync, fork, type ChildProcess, type Serializable } from "node:child_process";
import { on, once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(import.meta.dirname, "../../..");

/** A program out of `dist/`, built where its sources are newer. */
export function builtProgram(name: string): string {
  execFileSync(process.execPath, [join(ROOT, "scripts", "build.ts"), "--if-stale"]);
  return join(ROOT, "dist", `${name}.mjs`);
}

type Coverage = { readonly result: readonly { readonly url: string }[] };

/**
 * The modules whose code built programs have loaded, as V8 reports it: every file of `dist/` that was evaluated, and what was
 * bundled into it, which the bundler writes above each.
 * @param coverage the folder that NODE_V8_COVERAGE named
 */
export function loadedModules(coverage: string): readonly string[] {
  const reports = readdirSync(coverage).map(
    (name) => JSON.parse(readFileSync(join(coverage, name), "utf8")) as Coverage,
  );
  const urls = new Set(reports.flatMap(({ result }) => result.map(({ url }) => url)));
  const files = [...urls].filter((url) => url.startsWith("file:")).map((url) => fileURLToPath(url));
  const built = files.filter((file) => dirname(file) === join(ROOT, "dist"));
  return built.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/^\s*\/\/ ((?:src|main|node_modules)\/\S+)$/gm)].map(
      ([, name = ""]) => name,
    ),
  );
}

/** Those of the modules that CoAP and DTLS are made of. */
export function coapsAmong(modules: readonly string[]): readonly string[] {
  return modules.filter((name) =>
    /^(src\/(dtls|coap|transport\/coaps)|node_modules\/coap-packet)\/|\/coaps-(way|server)\.ts$/.test(name),
  );
}

/** A helper of the desktop out of `dist/`, run by Node. */
export class BuiltHelper {
  readonly #child: ChildProcess;
  readonly #heard: AsyncIterator<unknown>;

  /** @param coverage the folder for {@link loadedModules} */
  constructor(name: string, coverage: string) {
    this.#child = fork(builtProgram(name), [], {
      env: { ...process.env, NODE_V8_COVERAGE: coverage },
      execArgv: ["--import", new URL("./parent-port.ts", import.meta.url).href],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#heard = on(this.#child, "message", { close: ["exit"] });
  }

  send(message: unknown): void {
    this.#child.send(message as Serializable);
  }

  /** The next message from it. */
  async next(): Promise<unknown> {
    const { value } = (await this.#heard.next()) as { readonly value?: readonly unknown[] };
    return value?.[0];
  }

  /** Ends it, as its parent's end would. */
  async end(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }
}
