import type { Clock } from "../../src/core/clock.ts";
import { milliseconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import type { AtLink, AtLinkOpener, AtLinkReader } from "../../src/modem/at-link.ts";
import { ProvisioningClient } from "../../src/provisioning/client.ts";
import { MemorySettings } from "../../src/provisioning/memory-settings.ts";
import { STATION } from "../../src/provisioning/option-presets.ts";
import { provisioningOptions } from "../../src/provisioning/options.ts";
import type { HttpTransport } from "../../src/provisioning/transport.ts";
import { ChannelOpener } from "../../src/run/channel-opener.ts";
import type { ModemOpener, OpenModem } from "../../src/run/modem-opener.ts";
import type { FirmwareKind } from "../../src/simulator/board-firmware.ts";
import { makeBoard } from "../../src/simulator/board.ts";
import { parseFault } from "../../src/simulator/fault-order.ts";
import { LATENCIES } from "../../src/simulator/latency.ts";
import type { SelfProvisioner } from "../../src/simulator/self-provisioner.ts";
import { SimulatedModem } from "../../src/simulator/simulated-modem.ts";
import { SimulatedPort, type PortClient } from "../../src/simulator/simulated-port.ts";
import { shownCommand } from "../../src/simulator/wait-log.ts";

/** How a board is made; faults are written without their slot. */
export type BoardOptions = {
  readonly firmware: FirmwareKind;
  readonly faults?: readonly string[];
  /** How the board's port is opened; default: what fits its firmware. */
  readonly mode?: "at" | "shell";
  readonly bootMode?: number;
  readonly provisioner?: SelfProvisioner;
};

/** The provisioning library over a transport in memory, as a board's firmware has it. */
export function libraryOver(http: HttpTransport, clock: Clock): SelfProvisioner {
  return {
    async provision(board, signal) {
      const exchange: HttpTransport["exchange"] = (request, inner) => {
        if (board.online()) return http.exchange(request, inner);
        return Promise.reject(new StationError("transport.unreachable", "the board is offline"));
      };
      const client = new ProvisioningClient(
        { modem: board.modem, clock, settings: new MemorySettings(), http: { exchange } },
        provisioningOptions({}, STATION),
      );
      await client.runOnce((event) => board.tell(event.type), signal);
      await client.close();
    },
  };
}

/** A simulated board, from its firmware to the bytes on its line, in memory and on the test's clock. */
export class BoardOpener implements ModemOpener {
  readonly modem: SimulatedModem;
  /** The commands of the host. */
  readonly sent: string[] = [];
  readonly #opener: ChannelOpener;
  readonly #port: SimulatedPort;

  constructor(clock: Clock, options: BoardOptions) {
    const { firmware, faults = [], bootMode, provisioner, mode } = options;
    const board = makeBoard("station", 1);
    this.modem = new SimulatedModem({ board, clock, ...(bootMode === undefined ? {} : { bootMode }) });
    const shell = firmware === "zephyr-shell";
    this.#port = new SimulatedPort({
      ...{ slot: 1, modem: this.modem, clock, firmware, latency: LATENCIES.realistic },
      framing: { mode: shell ? "shell" : "at", lead: "", provisions: shell },
      faults: faults.map((text) => parseFault(`1=${text}`)),
      onCommand: ({ command }) => this.sent.push(command),
      ...(provisioner === undefined ? {} : { provisioner }),
    });
    const line = { lineEnding: "crlf", flowControl: "none", baud: 115_200 } as const;
    const links: AtLinkOpener = { open: () => Promise.resolve(new PortLink(this.#port, clock)) };
    this.#opener = new ChannelOpener(links, { ...line, mode: mode ?? (shell ? "shell" : "at") }, clock);
  }

  open(signal?: AbortSignal): Promise<OpenModem> {
    return this.#opener.open(signal);
  }

  /** How often a command came, as the simulator's log shows it. */
  count(command: string): number {
    return this.sent.filter((sent) => sent === shownCommand(command)).length;
  }
}

/** The line between a port and its host. */
class PortLink implements AtLink {
  readonly name = "tcp://simulated:1";
  readonly #port: SimulatedPort;
  readonly #client: PortClient;
  #reader: AtLinkReader | undefined;

  constructor(port: SimulatedPort, clock: Clock) {
    this.#port = port;
    const lost = new StationError("link.lost", "the connection was reset");
    this.#client = {
      write: (bytes) => void clock.after(milliseconds(0), () => this.#reader?.onData(bytes)),
      setReading: () => undefined,
      reset: () => void clock.after(milliseconds(0), () => this.#reader?.onClosed(lost)),
    };
    port.attach(this.#client);
  }

  listen(reader: AtLinkReader): void {
    this.#reader = reader;
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#port.receive(bytes);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#port.detach(this.#client);
    return Promise.resolve();
  }
}
