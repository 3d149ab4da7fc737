import { describe, expect, it } from "vitest";
import type { PortsTelling } from "../../src/contract/desktop-ports.ts";
import type { Port } from "../../src/contract/port.ts";
import { seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { PortWatch } from "../../src/station/port-watch.ts";

const USB0 = { path: "/dev/ttyUSB0", usbLocation: "1-1" };

function rig() {
  const clock = new VirtualClock();
  const now: { ports: readonly Port[]; broken: boolean; looks: number } = { ports: [], broken: false, looks: 0 };
  const watch = new PortWatch({
    list: async () => {
      now.looks += 1;
      if (now.broken) throw new StationError("link.listing-failed", "no");
      return now.ports;
    },
    paths: () => [],
    ...{ clock, pause: seconds(1), longestPause: seconds(8) },
  });
  const told: PortsTelling[] = [];
  return { clock, now, watch, told, listen: () => watch.watch((telling) => told.push(telling)) };
}

describe("PortWatch", () => {
  it("tells the first look and then only what changes", async () => {
    const { clock, now, told, listen } = rig();
    listen();
    await clock.advance(seconds(3));
    now.ports = [USB0];
    await clock.advance(seconds(3));
    now.ports = [];
    await clock.advance(seconds(1));
    expect(told.map(({ ports }) => ports)).toEqual([[], [USB0], []]);
  });

  it("looks only while somebody listens", async () => {
    const { clock, now, listen } = rig();
    const end = listen();
    await clock.advance(seconds(3));
    end();
    const before = now.looks;
    await clock.advance(seconds(30));
    expect(now.looks).toBe(before);
  });

  it("keeps the ports it has seen when a look fails, tells the fault once, and looks less often until it is well", async () => {
    const { clock, now, told, listen } = rig();
    now.ports = [USB0];
    listen();
    await clock.advance(seconds(1));
    now.broken = true;
    const before = now.looks;
    await clock.advance(seconds(60));
    expect(now.looks - before).toBeLessThan(12);
    now.broken = false;
    await clock.advance(seconds(8));
    expect(told.map(({ ports, fault }) => [ports.length, fault?.code])).toEqual([
      [1, undefined],
      [1, "link.listing-failed"],
      [1, undefined],
    ]);
  });

  it("makes one look of those that overlap", async () => {
    const { now, watch } = rig();
    await Promise.all([watch.look(), watch.look()]);
    expect(now.looks).toBe(1);
  });
});
