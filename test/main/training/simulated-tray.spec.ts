import { afterEach, describe, expect, it } from "vitest";
import { SimulatedTray } from "../../../main/training/simulated-tray.ts";
import { trainingFixture } from "../../../main/training/training-fixture.ts";
import { parseFault } from "../../../src/simulator/fault-order.ts";
import { identityAt } from "./identity-at.ts";

describe("SimulatedTray", () => {
  const trays: SimulatedTray[] = [];
  afterEach(async () => {
    for (const tray of trays.splice(0)) await tray.stop();
  });

  async function started(units: number, faults: readonly string[] = []): Promise<SimulatedTray> {
    const tray = await SimulatedTray.start({ units, latency: "none", faults: faults.map(parseFault), seed: "a" });
    trays.push(tray);
    return tray;
  }

  const identities = (tray: SimulatedTray) => Promise.all(tray.units.map(({ link }) => identityAt(link)));

  it("has another board in every slot", async () => {
    const tray = await started(3);
    expect(tray.units.map(({ slot }) => slot)).toEqual(["1", "2", "3"]);
    expect(new Set(await identities(tray)).size).toBe(3);
  });

  it("lays new boards into the same places", async () => {
    const tray = await started(2);
    const [places, before] = [tray.units, await identities(tray)];
    await tray.renew("b");
    expect(tray.units).toEqual(places);
    expect(new Set([...before, ...(await identities(tray))]).size).toBe(4);
  });

  it("has the board of slot 1 once more where a duplicate is on order", async () => {
    const [first, second, third] = await identities(await started(3, ["3=duplicate"]));
    expect(third).toBe(first);
    expect(second).not.toBe(first);
  });
});

describe("trainingFixture", () => {
  it.each([
    [1, 1, 1],
    [8, 2, 4],
    [32, 4, 8],
    [64, 6, 12],
    [128, 8, 16],
  ])("lays %i slots into %i rows of %i", (count, rows, columns) => {
    const units = Array.from({ length: count }, (_, index) => ({
      slot: String(index + 1),
      link: `tcp://127.0.0.1:${4001 + index}`,
    }));
    const fixture = trainingFixture(units);
    expect(fixture).toMatchObject({ rows, columns });
    expect(fixture.slots).toHaveLength(count);
  });
});
