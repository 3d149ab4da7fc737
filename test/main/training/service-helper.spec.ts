import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BuiltHelper, coapsAmong, loadedModules } from "../../scripts/support/loaded-modules.ts";

describe("the built helper of the embedded service", { timeout: 60_000 }, () => {
  let folder = "";
  let coverage = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "service-helper-"));
    coverage = mkdtempSync(join(tmpdir(), "coverage-"));
  });
  afterEach(() => {
    for (const path of [folder, coverage]) rmSync(path, { recursive: true, force: true });
  });

  /** Starts it, asks it one after the other, and ends it. */
  async function answers(...messages: readonly unknown[]): Promise<readonly unknown[]> {
    const helper = new BuiltHelper("service-helper", coverage);
    const heard: unknown[] = [];
    for (const message of messages) {
      helper.send(message);
      heard.push(await helper.next());
    }
    await helper.end();
    return heard;
  }

  it("has loaded nothing of CoAP and DTLS as long as units use HTTPS", async () => {
    const [ready] = await answers({ dir: folder }, "stop");
    expect(ready).toMatchObject({ ok: true, value: { httpsPort: expect.any(Number) as number } });
    expect(loadedModules(coverage)).toContain("src/service/https-server.ts");
    expect(coapsAmong(loadedModules(coverage))).toEqual([]);
  });

  it("loads them when it is asked for CoAP, and opens one port however often that is", async () => {
    const [, first, again] = await answers({ dir: folder }, "coaps", "coaps", "stop");
    expect(first).toEqual({ ok: true, value: expect.any(Number) as number });
    expect(again).toEqual(first);
    expect(coapsAmong(loadedModules(coverage))).toEqual(
      expect.arrayContaining(["src/service/coaps-server.ts", "src/dtls/listen-dtls.ts"]),
    );
  });
});
