import type { FaultOrder } from "../../src/simulator/fault-order.ts";
import type { LatencyName } from "../../src/simulator/latency.ts";
import { startSimulators, type Simulators } from "../../src/simulator/simulators.ts";

export type TrayOptions = {
  readonly units: number;
  readonly latency: LatencyName;
  readonly faults: readonly FaultOrder[];
  /** The same seed gives the same boards. */
  readonly seed: string;
};

/** A slot of the tray and where its modem listens. */
export type TrayUnit = { readonly slot: string; readonly link: string };

/** One modem of the tray, alone, so that new boards can take the places (ports) of the old ones. */
type Place = { readonly number: number; readonly port: number; readonly modem: Simulators };

/** A tray of simulated modems whose boards can be replaced, as an operator does between two batches. */
export class SimulatedTray {
  readonly #options: TrayOptions;
  #places: readonly Place[];

  private constructor(options: TrayOptions, places: readonly Place[]) {
    this.#options = options;
    this.#places = places;
  }

  /** @throws StationError simulator.* */
  static async start(options: TrayOptions): Promise<SimulatedTray> {
    const numbers = Array.from({ length: options.units }, (_, index) => index + 1);
    return new SimulatedTray(options, await Promise.all(numbers.map((number) => startPlace(options, number, 0))));
  }

  get units(): readonly TrayUnit[] {
    return this.#places.map(({ number, port }) => ({ slot: String(number), link: `tcp://127.0.0.1:${port}` }));
  }

  /** Takes all boards out and lays new ones into the same places. @throws StationError simulator.* */
  async renew(seed: string): Promise<void> {
    await this.stop();
    const options = { ...this.#options, seed };
    this.#places = await Promise.all(this.#places.map(({ number, port }) => startPlace(options, number, port)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#places.map(({ modem }) => modem.stop()));
  }
}

async function startPlace(options: TrayOptions, number: number, port: number): Promise<Place> {
  // Within its own tray of one, the modem is the first.
  const faults = options.faults.filter(({ slot }) => slot === number).map((fault) => ({ ...fault, slot: 1 }));
  const twin = faults.some(({ kind }) => kind === "duplicate");
  const seed = `${options.seed} ${twin ? 1 : number}`;
  const modem = await startSimulators({ units: 1, port, seed, latency: options.latency, faults });
  const link = modem.units[0]?.link ?? "";
  return { number, port: Number(link.slice(link.lastIndexOf(":") + 1)), modem };
}
