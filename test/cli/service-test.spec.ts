import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ServiceTestSchema } from "../../src/contract/service-test.ts";
import { startService, type RunningService } from "../../src/service/start-service.ts";
import { callMain } from "./support/call-main.ts";

describe("station service-test", () => {
  let dir: string;
  let service: RunningService;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "station-service-test-"));
    service = await startService({ dir: join(dir, "service"), httpsPort: 0, ownerPort: 0 });
  });

  afterAll(async () => {
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const profileFile = (name: string, port: number): string => {
    const file = join(dir, name);
    writeFileSync(
      file,
      `profile: 1\nname: Embedded\nservice: embedded\nhttps: { host: localhost, port: ${port}, ca: service/ca.pem }\n` +
        `owner: { base: "https://localhost:${service.ownerPort}/v1", keyEnv: OWNER_KEY }\n`,
    );
    return file;
  };

  it("ends with 0 when every step passed, and prints the test as one JSON object", async () => {
    const environment = { OWNER_KEY: service.ownerKey.reveal() };
    const file = profileFile("right.yaml", service.httpsPort);
    const { code, stdout } = await callMain(["service-test", file, "--json"], environment);
    expect(code).toBe(0);
    expect(ServiceTestSchema.parse(JSON.parse(stdout))).toMatchObject({ profile: "Embedded", state: "passed" });
    expect(stdout).not.toContain(service.ownerKey.reveal());
  });

  it("ends with 1 and says in which step, why and what to do", async () => {
    const { code, stdout } = await callMain(["service-test", profileFile("wrong.yaml", 1)]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/connection +failed .*host localhost, port 1/);
    expect(stdout).toContain("[transport.refused]");
    expect(stdout).toMatch(/certificate +not-reached/);
    expect(stdout).toMatch(/API key +failed/);
  });

  it("ends with 2 when the profile cannot be used", async () => {
    expect(await callMain(["service-test", join(dir, "none.yaml")])).toMatchObject({ code: 2 });
    expect(await callMain(["service-test"])).toMatchObject({ code: 2 });
  });
});
