import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Order } from "../../src/contract/order.ts";
import { builtProgram, coapsAmong, loadedModules } from "../scripts/support/loaded-modules.ts";
import { LineRig } from "./support/line-rig.ts";
import { WorkerCore } from "./support/worker-core.ts";

/** Runs one unit with the built worker, and says what that process has loaded until its end. */
async function modulesAfter(order: Order): Promise<readonly string[]> {
  const coverage = mkdtempSync(join(tmpdir(), "coverage-"));
  try {
    const core = new WorkerCore({ entry: builtProgram("worker"), environment: { NODE_V8_COVERAGE: coverage } });
    expect(await core.run(order)).toMatchObject({ outcome: "PASS" });
    await core.shutdown();
    return loadedModules(coverage);
  } finally {
    rmSync(coverage, { recursive: true, force: true });
  }
}

describe("the built worker", { timeout: 60_000 }, () => {
  let line: LineRig;
  beforeAll(async () => {
    line = await LineRig.start({ units: 2 });
  }, 60_000);
  afterAll(() => line.stop());

  it("loads nothing of CoAP and DTLS for a unit that is provisioned over HTTPS", async () => {
    const modules = await modulesAfter(line.order(1));
    expect(coapsAmong(modules)).toEqual([]);
    expect(modules).toContain("src/transport/https/https-transport.ts");
  });

  it("loads them for one over CoAP, and nothing of the way over HTTPS but the owner's", async () => {
    const coaps = {
      host: "127.0.0.1",
      port: await line.service.offerCoaps(),
      ca: readFileSync(line.service.caFile, "utf8"),
    };
    const modules = await modulesAfter(line.order(2, { profile: { ...line.profile, transport: "coaps", coaps } }));
    expect(coapsAmong(modules)).toEqual(
      expect.arrayContaining([
        ...["src/dtls/connect-dtls.ts", "src/coap/client.ts", "src/transport/coaps/coaps-transport.ts"],
      ]),
    );
    expect(modules).not.toContain("src/transport/https/https-transport.ts");
  });
});
