import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Order } from "../../../src/contract/order.ts";
import { ResolvedProfileSchema, type ResolvedProfile } from "../../../src/contract/profile.ts";
import type { ResolvedRecipe } from "../../../src/contract/recipe.ts";
import type { RunId, SlotId } from "../../../src/core/ids.ts";
import { startService, type RunningService } from "../../../src/service/start-service.ts";
import { parseFault } from "../../../src/simulator/fault-order.ts";
import { startSimulators, type SimulatorOptions, type Simulators } from "../../../src/simulator/simulators.ts";
import { loadRecipe } from "../../../src/station/files/recipe-file.ts";

const TRAINING = join(import.meta.dirname, "../../../resources/recipes/training/recipe.yaml");

export type LineOptions = Partial<Omit<SimulatorOptions, "faults">> & { readonly faults?: readonly string[] };

/** A line in small: the embedded service and a tray of simulated modems, both real and in this process. */
export class LineRig {
  readonly folder: string;
  readonly service: RunningService;
  readonly simulators: Simulators;
  readonly recipe: ResolvedRecipe;

  private constructor(folder: string, service: RunningService, simulators: Simulators, recipe: ResolvedRecipe) {
    this.folder = folder;
    this.service = service;
    this.simulators = simulators;
    this.recipe = recipe;
  }

  static async start({ faults = [], ...options }: LineOptions = {}): Promise<LineRig> {
    const folder = mkdtempSync(join(tmpdir(), "worker-"));
    const service = await startService({ dir: folder, httpsPort: 0, ownerPort: 0 });
    const simulators = await startSimulators({ units: 1, port: 0, ...options, faults: faults.map(parseFault) });
    return new LineRig(folder, service, simulators, await loadRecipe(TRAINING, {}));
  }

  async stop(): Promise<void> {
    await this.simulators.stop();
    await this.service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get profile(): ResolvedProfile {
    const ca = readFileSync(this.service.caFile, "utf8");
    return ResolvedProfileSchema.parse({
      profile: 1,
      name: "Embedded service",
      service: "embedded",
      https: { host: "127.0.0.1", port: this.service.httpsPort, ca },
      owner: { base: `${this.service.owner}/v1`, ca },
    });
  }

  /** An order for one slot of the tray, 1 being the first. */
  order(slot = 1, changes: Partial<Order> = {}): Order {
    const unit = this.simulators.units[slot - 1]!;
    return {
      runId: randomUUID() as RunId,
      slot: String(slot) as SlotId,
      station: "01900000-0000-7000-8001-0000000000aa",
      port: { tcp: unit.link.replace("tcp://", "") },
      line: { baud: 115_200, flowControl: "none", lineEnding: "crlf", mode: "at" },
      settings: { sink: "none" },
      release: "restore",
      recipe: this.recipe,
      profile: this.profile,
      ownerKey: this.service.ownerKey.reveal(),
      ...changes,
    };
  }
}
