import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSimulators } from "../../src/simulator/simulators.ts";
import { SerialBridges } from "../cli/support/serial-bridges.ts";

/** Simulated boards behind pseudo-terminals, which are plugged in and out as a person does. */
export type PtyTray = {
  /** A fixture file whose slots 1, 2 … name the pseudo-terminals. */
  readonly fixture: string;
  /** The path of a slot's port. */
  path(slot: number): string;
  plugIn(...slots: readonly number[]): Promise<void>;
  unplug(slot: number): Promise<void>;
  stop(): Promise<void>;
};

/** Starts boards; none is plugged in yet. @param folder where the pseudo-terminals and the fixture's file are */
export async function ptyTray(folder: string, units: number, latency: "none" | "realistic"): Promise<PtyTray> {
  const boards = await startSimulators({ units, port: 0, seed: folder, latency });
  const path = (slot: number): string => join(folder, `board-${slot}`);
  const fixture = join(folder, "pty-tray.yaml");
  const slots = boards.units.map((_, index) => ({
    ...{ slot: String(index + 1), row: 1, column: index + 1 },
    port: { path: path(index + 1) },
  }));
  const content = { fixture: 1, name: "Serial tray", rows: 1, columns: units, line: { flowControl: "none" }, slots };
  writeFileSync(fixture, JSON.stringify(content));
  const bridges = new Map<number, SerialBridges>();
  const unplug = async (slot: number): Promise<void> => {
    await bridges.get(slot)?.stop();
    bridges.delete(slot);
  };
  return {
    ...{ fixture, path, unplug },
    async plugIn(...chosen) {
      for (const slot of chosen) {
        const address = boards.units[slot - 1]?.link.replace("tcp://", "") ?? "";
        bridges.set(slot, await SerialBridges.start([[address, path(slot)]]));
      }
    },
    async stop() {
      for (const slot of bridges.keys()) await unplug(slot);
      await boards.stop();
    },
  };
}
