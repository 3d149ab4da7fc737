import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtProgram, coapsAmong, loadedModules } from "../../scripts/support/loaded-modules.ts";

const PARENT_PORT = pathToFileURL(join(import.meta.dirname, "parent-port.ts")).href;

describe("the built helper of the embedded service", { timeout: 60_000 }, () => {
  let folder = "";
  const coverage = (): string => join(folder, "coverage");
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "service-helper-"));
    mkdirSync(coverage());
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts it, asks it one after the other, and ends it. */
  async function answers(...messages: readonly unknown[]): Promise<readonly unknown[]> {
    const child = fork(builtProgram("service-helper"), [], {
      env: { ...process.env, NODE_V8_COVERAGE: coverage() },
      execArgv: ["--import", PARENT_PORT],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const heard: unknown[] = [];
    for (const message of messages) heard.push(await ask(child, message));
    const exited = once(child, "exit");
    child.disconnect();
    await exited;
    return heard;
  }

  const start = () => ({ dir: join(folder, "service") });

  it("has loaded nothing of CoAP and DTLS as long as units use HTTPS", async () => {
    const [ready] = await answers(start(), "stop");
    expect(ready).toMatchObject({ ok: true, value: { httpsPort: expect.any(Number) as number } });
    expect(loadedModules(coverage())).toContain("src/service/https-server.ts");
    expect(coapsAmong(loadedModules(coverage()))).toEqual([]);
  });

  it("loads them when it is asked for CoAP, and opens one port however often that is", async () => {
    const [, first, again] = await answers(start(), "coaps", "coaps", "stop");
    expect(first).toEqual({ ok: true, value: expect.any(Number) as number });
    expect(again).toEqual(first);
    expect(coapsAmong(loadedModules(coverage()))).toEqual(
      expect.arrayContaining(["src/service/coaps-server.ts", "src/dtls/listen-dtls.ts"]),
    );
  });
});

async function ask(child: ChildProcess, message: unknown): Promise<unknown> {
  const answered = once(child, "message");
  child.send(message as string);
  const [answer] = (await answered) as readonly unknown[];
  return answer;
}
