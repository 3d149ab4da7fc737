import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PortsSchema } from "../../src/contract/port.ts";
import { listPortsAt } from "../../src/worker/list-ports-at.ts";

describe.skipIf(process.platform === "win32")("the ports with those that are asked for by path", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ports-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const link = (name: string, target: string): string => {
    symlinkSync(target, join(folder, name));
    return join(folder, name);
  };

  it("tells another name of a listed port as its alias", async () => {
    const alias = link("by-id", "/dev/null");
    expect(await listPortsAt([alias], async () => [{ path: "/dev/null" }])).toEqual([
      { path: "/dev/null", aliases: [alias] },
    ]);
  });

  it("tells devices that the system does not list, and nothing of files and names that lead nowhere", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const nowhere = link("nowhere", join(folder, "missing"));
    const device = link("device", "/dev/null");
    expect(await listPortsAt([file, nowhere, device, device, ""], async () => [])).toEqual([{ path: device }]);
  });

  it("lets no device steer a screen by what it calls itself", async () => {
    const hostile = { path: "/dev/x", product: `\u001b[2J${"x".repeat(999)}`, manufacturer: "" };
    const ports = await listPortsAt([], async () => [hostile]);
    expect(PortsSchema.parse(ports)[0]?.product).toMatch(/^\\u001b\[2Jx+$/);
    expect(ports[0]).not.toHaveProperty("manufacturer");
  });
});
