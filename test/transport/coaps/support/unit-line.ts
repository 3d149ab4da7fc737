import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Order } from "../../../../src/contract/order.ts";
import { ResolvedProfileSchema } from "../../../../src/contract/profile.ts";
import type { RunEvent } from "../../../../src/contract/run-event.ts";
import type { Clock } from "../../../../src/core/clock.ts";
import { milliseconds } from "../../../../src/core/duration.ts";
import type { StationError } from "../../../../src/core/error.ts";
import type { RunId, SlotId } from "../../../../src/core/ids.ts";
import { realClock } from "../../../../src/core/real-clock.ts";
import { startService, type RunningService } from "../../../../src/service/start-service.ts";
import { startSimulators, type Simulators } from "../../../../src/simulator/simulators.ts";
import { loadRecipe } from "../../../../src/station/files/recipe-file.ts";
import { ActiveRun } from "../../../../src/worker/active-run.ts";
import { executeOrder } from "../../../../src/worker/execute-order.ts";

const TRAINING = join(import.meta.dirname, "../../../../resources/recipes/training/recipe.yaml");

export type Finished = Extract<RunEvent, { type: "run.finished" }>;
export type Told = { readonly finished: Finished; readonly events: readonly RunEvent[] };

/** The platform's clock with waits that are `times` shorter: retransmissions and limits come sooner, in their order. */
export function hasty(times: number): Clock {
  return {
    now: () => realClock.now(),
    monotonic: () => realClock.monotonic() * times,
    after: (delay, action) => realClock.after(milliseconds(delay / times), action),
  };
}

/** The embedded service with its side over CoAP and a tray of simulated modems, on real sockets; runs as a worker makes them. */
export class UnitLine {
  readonly folder: string;
  readonly simulators: Simulators;
  readonly clock: Clock;
  /** Told of every request that the service has handled, before the answer goes out. */
  onRequest: (path: string) => void = () => undefined;
  /** What the service refused and why. */
  readonly refused: StationError[] = [];
  #service: RunningService | undefined;

  private constructor(folder: string, simulators: Simulators, clock: Clock) {
    this.folder = folder;
    this.simulators = simulators;
    this.clock = clock;
  }

  static async start({ units = 1, clock = realClock }: { readonly units?: number; readonly clock?: Clock } = {}) {
    const folder = mkdtempSync(join(tmpdir(), "unit-line-"));
    const line = new UnitLine(folder, await startSimulators({ units, port: 0, faults: [] }), clock);
    await line.#serve({ httpsPort: 0, ownerPort: 0, coapsPort: 0 });
    return line;
  }

  get service(): RunningService {
    if (this.#service === undefined) throw new TypeError("the service does not run");
    return this.#service;
  }

  get coapsPort(): number {
    return this.service.coapsPort ?? 0;
  }

  /** Ends the service and starts another one on its data and ports; it knows no connection and no session. */
  async restartService(): Promise<void> {
    const { httpsPort, ownerPort, coapsPort = 0 } = this.service;
    await this.service.stop();
    await this.#serve({ httpsPort, ownerPort, coapsPort });
  }

  async stop(): Promise<void> {
    await this.simulators.stop();
    await this.service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** An order for a slot; the way to the service ends at a UDP port. */
  order(coapsPort: number, slot = 1): Promise<Order> {
    return this.#order(coapsPort, slot);
  }

  /** Carries out an order; every event is confirmed, every unit admitted. */
  async run(order: Order, onEvent: (event: RunEvent) => void = () => undefined): Promise<Told> {
    const events: RunEvent[] = [];
    const active: ActiveRun = new ActiveRun({
      ...{ order, clock: this.clock, execute: executeOrder },
      send: (message) => {
        if (message.type !== "event") return;
        events.push(message.event);
        active.confirm(message.event.seq);
        if (message.event.type === "unit.identified") active.admit({ kind: "admitted", settings: {} });
        onEvent(message.event);
      },
    });
    await active.execute();
    const finished = events.find((event) => event.type === "run.finished");
    if (finished === undefined) throw new TypeError("the run did not finish");
    return { finished, events };
  }

  async #serve(ports: { readonly httpsPort: number; readonly ownerPort: number; readonly coapsPort: number }) {
    this.#service = await startService({
      ...{ dir: this.folder, ...ports, clock: this.clock },
      onRequest: ({ path }) => this.onRequest(path),
      onError: (_side, error) => this.refused.push(error),
    });
  }

  async #order(coapsPort: number, slot: number): Promise<Order> {
    const unit = this.simulators.units[slot - 1];
    if (unit === undefined) throw new RangeError("no such slot");
    const ca = readFileSync(this.service.caFile, "utf8");
    return {
      runId: randomUUID() as RunId,
      slot: String(slot) as SlotId,
      station: "01900000-0000-7000-8001-0000000000aa",
      port: { tcp: unit.link.replace("tcp://", "") },
      line: { baud: 115_200, flowControl: "none", lineEnding: "crlf", mode: "at" },
      settings: { sink: "none" },
      release: "restore",
      recipe: await loadRecipe(TRAINING, {}),
      profile: ResolvedProfileSchema.parse({
        ...{ profile: 1, name: "Embedded service", service: "embedded", transport: "coaps" },
        coaps: { host: "127.0.0.1", port: coapsPort, ca },
        owner: { base: `${this.service.owner}/v1`, ca },
      }),
      ownerKey: this.service.ownerKey.reveal(),
    };
  }
}
