import { describe, expect, it } from "vitest";
import { PortsHelper, type PortsProcess } from "../../../main/ports/ports-helper.ts";
import { StationError } from "../../../src/core/error.ts";

function rig(answers: readonly (() => unknown)[]) {
  const left = [...answers];
  const started: { stopped: boolean }[] = [];
  const helper = new PortsHelper((): PortsProcess => {
    const process = { stopped: false };
    started.push(process);
    return {
      ask: async () => left.shift()?.(),
      stop: async () => {
        process.stopped = true;
      },
    };
  });
  return { helper, started };
}

const PORTS = [{ path: "/dev/ttyUSB0" }];
const died = (): never => {
  throw new StationError("desktop.helper", "a helper process ended");
};

describe("PortsHelper", () => {
  it("keeps its process from one look to the next", async () => {
    const { helper, started } = rig([() => PORTS, () => []]);
    expect(await helper.list([])).toEqual(PORTS);
    expect(await helper.list([])).toEqual([]);
    expect(started).toHaveLength(1);
  });

  it("starts another process after one that died, did not answer, or answered nonsense", async () => {
    const { helper, started } = rig([died, () => PORTS, () => [{ path: 5 }], () => PORTS]);
    await expect(helper.list([])).rejects.toMatchObject({ code: "link.listing-failed" });
    expect(await helper.list([])).toEqual(PORTS);
    await expect(helper.list([])).rejects.toMatchObject({ code: "link.listing-failed" });
    expect(await helper.list([])).toEqual(PORTS);
    expect(started.map(({ stopped }) => stopped)).toEqual([true, true, false]);
  });

  it("keeps a process that tells why it cannot list", async () => {
    const { helper, started } = rig([
      () => {
        throw new StationError("link.listing-failed", "no /sys");
      },
    ]);
    await expect(helper.list([])).rejects.toMatchObject({ message: "no /sys" });
    expect(started).toEqual([{ stopped: false }]);
  });

  it("starts nothing after it was closed", async () => {
    const { helper, started } = rig([() => PORTS]);
    await helper.list([]);
    await helper.close();
    await expect(helper.list([])).rejects.toMatchObject({ code: "link.listing-failed" });
    expect(started).toEqual([{ stopped: true }]);
  });
});
