import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { ResolvedLine } from "../../../contract/line-file.ts";
import { StationError } from "../../../core/error.ts";

/** A server of the bench's own. */
export type BenchServer = { readonly settings: ResolvedLine; stop(): Promise<void> };

/** Starts one `nats-server` on the loopback with its files in `folder`. @throws StationError line.away where there is no such program */
export async function startBenchServer(folder: string): Promise<BenchServer> {
  const port = await freePort();
  const config = join(folder, "server.conf");
  const store = join(folder, "store");
  await writeFile(config, `listen: "127.0.0.1:${port}"\njetstream { store_dir: ${JSON.stringify(store)} }\n`);
  const child = spawn("nats-server", ["-c", config], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const started = await Promise.race([
    new Promise<boolean>((resolve) => child.once("spawn", () => resolve(true))),
    ended.then(() => false),
  ]);
  if (!started) throw new StationError("line.away", "there is no program nats-server on this computer");
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  return { settings: settingsOf(port), stop };
}

function settingsOf(port: number): ResolvedLine {
  return {
    ...{ schema: 1, name: "bench", station: { name: "bench" }, servers: [`nats://127.0.0.1:${port}`] },
    limits: { connectSeconds: 5, requestSeconds: 10 },
    interlock: false,
    documents: { trust: [], require: false },
    results: false,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
