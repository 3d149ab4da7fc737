import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ResolvedProfile } from "../../src/contract/profile.ts";
import { TestMessageSchema } from "../../src/contract/service-test-helper.ts";
import { startService, type RunningService } from "../../src/service/start-service.ts";
import { BuiltHelper, coapsAmong, loadedModules } from "../scripts/support/loaded-modules.ts";
import { profileAt } from "./probe-rig.ts";

describe("the built helper of the connection test", { timeout: 60_000 }, () => {
  let folder = "";
  let coverage = "";
  let service: RunningService;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "service-"));
    coverage = mkdtempSync(join(tmpdir(), "coverage-"));
    service = await startService({ dir: folder, httpsPort: 0, ownerPort: 0 });
  });
  afterEach(async () => {
    await service.stop();
    for (const path of [folder, coverage]) rmSync(path, { recursive: true, force: true });
  });

  /** Tests a profile, and says which modules of CoAP and DTLS that has loaded. */
  async function loadedBy(more: Partial<ResolvedProfile>): Promise<readonly string[]> {
    const helper = new BuiltHelper("service-test", coverage);
    helper.send({ profile: profileAt({ https: service.httpsPort }, readFileSync(service.caFile, "utf8"), more) });
    for (;;) {
      const message = TestMessageSchema.parse(await helper.next());
      if (message.kind === "changed") continue;
      expect(message).toMatchObject({ kind: "ended", test: { state: "passed" } });
      await helper.end();
      return coapsAmong(loadedModules(coverage));
    }
  }

  it("loads nothing of CoAP and DTLS for a profile with HTTPS", async () => {
    expect(await loadedBy({})).toEqual([]);
  });

  it("loads them for a profile with CoAP", async () => {
    const coaps = { host: "127.0.0.1", port: await service.offerCoaps(), ca: readFileSync(service.caFile, "utf8") };
    expect(await loadedBy({ transport: "coaps", coaps })).toContain("src/probe/coaps-way.ts");
  });
});
