import { realClock } from "../../../src/core/real-clock.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { answerText } from "../../../src/simulator/answer.ts";
import { makeBoard } from "../../../src/simulator/board.ts";
import { parseFault } from "../../../src/simulator/fault-order.ts";
import { PLAIN_FRAMING } from "../../../src/simulator/framing.ts";
import { LATENCIES } from "../../../src/simulator/latency.ts";
import { SimulatedModem } from "../../../src/simulator/simulated-modem.ts";
import { SimulatedPort } from "../../../src/simulator/simulated-port.ts";
import { TcpPort } from "../../../src/simulator/tcp-port.ts";

const HOST = "127.0.0.1";

/** A board behind a tcp port that can be pulled and plugged in again. */
export class PluggedBoard {
  readonly modem: SimulatedModem;
  /** Everything that the modem answered. */
  readonly said: string[] = [];
  /** Told of each command as the modem takes it. */
  onCommand: (command: string) => void = () => undefined;
  readonly #clock: Clock;
  #port: TcpPort | undefined;
  #number: number;

  /**
   * @param clock the pace of the modem's own waits; its time of day is the real one
   * @param number the tcp port; 0 lets the system choose
   */
  constructor(seed: string, unit: number, clock: Clock = realClock, number = 0) {
    this.#clock = clock;
    this.#number = number;
    this.modem = new SimulatedModem({ board: makeBoard(seed, unit), clock: realClock });
    const execute = this.modem.execute.bind(this.modem);
    this.modem.execute = (...given) => {
      const answer = execute(...given);
      this.onCommand(given[0]);
      this.said.push(answerText(answer));
      return answer;
    };
  }

  get number(): number {
    return this.#number;
  }

  /** `127.0.0.1:PORT`, the same at every plug. */
  get address(): string {
    return `${HOST}:${this.#number}`;
  }

  /** How the modem is: as after power-up `1, 0`. */
  get state(): string {
    const reports = answerText(this.modem.execute("AT+CMEE?"));
    return `CFUN ${this.modem.mode}, CMEE ${/\d/.exec(reports)?.[0] ?? "?"}`;
  }

  /** Plugs the board in, with faults as the simulators take them, without a slot. */
  async plug(faults: readonly string[] = []): Promise<void> {
    await this.unplug();
    const port = new SimulatedPort({
      ...{ slot: 1, modem: this.modem, clock: this.#clock, framing: PLAIN_FRAMING, latency: LATENCIES.none },
      ...{ faults: faults.map((fault) => parseFault(`1=${fault}`)), onCommand: () => undefined },
    });
    this.#port = new TcpPort(port, realClock);
    this.#number = await this.#port.listen(HOST, this.#number);
  }

  /** Pulls the cable; the modem keeps its power. */
  async unplug(): Promise<void> {
    await this.#port?.close();
    this.#port = undefined;
  }

  powerCycle(): void {
    this.modem.powerCycle();
  }
}
