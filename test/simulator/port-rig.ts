import { milliseconds } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { decodeWireText, encodeWireText } from "../../src/core/wire-text.ts";
import type { FirmwareKind } from "../../src/simulator/board-firmware.ts";
import { makeBoard } from "../../src/simulator/board.ts";
import { parseFault } from "../../src/simulator/fault-order.ts";
import { PLAIN_FRAMING, type Framing } from "../../src/simulator/framing.ts";
import { LATENCIES, type LatencyTable } from "../../src/simulator/latency.ts";
import type { ModemOptions } from "../../src/simulator/modem-options.ts";
import type { SelfProvisioner } from "../../src/simulator/self-provisioner.ts";
import { SimulatedModem } from "../../src/simulator/simulated-modem.ts";
import { SimulatedPort, type PortClient } from "../../src/simulator/simulated-port.ts";
import type { CommandEntry } from "../../src/simulator/wait-log.ts";

/** A host at a simulated port that keeps what it gets. */
export class RecordingClient implements PortClient {
  received: Uint8Array = new Uint8Array(0);
  reading = true;
  wasReset = false;

  write(bytes: Uint8Array): void {
    this.received = Buffer.concat([this.received, bytes]);
  }

  setReading(reading: boolean): void {
    this.reading = reading;
  }

  reset(): void {
    this.wasReset = true;
  }

  /** What came since the last call, as wire text. */
  take(): string {
    const text = decodeWireText(this.received);
    this.received = new Uint8Array(0);
    return text;
  }
}

type RigOptions = {
  readonly latency?: LatencyTable;
  readonly framing?: Framing;
  readonly faults?: readonly string[];
  readonly modem?: Partial<ModemOptions>;
  readonly firmware?: FirmwareKind;
  readonly provisioner?: SelfProvisioner;
};

/** A port of slot 1 on a virtual clock with one host attached. Faults are written without their slot. */
export function portRig(options: RigOptions = {}) {
  const clock = new VirtualClock();
  const modem = new SimulatedModem({ board: makeBoard("station", 1), clock, ...options.modem });
  const entries: CommandEntry[] = [];
  const port = new SimulatedPort({
    slot: 1,
    modem,
    clock,
    latency: options.latency ?? LATENCIES.none,
    framing: options.framing ?? PLAIN_FRAMING,
    faults: (options.faults ?? []).map((text) => parseFault(`1=${text}`)),
    onCommand: (entry) => entries.push(entry),
    ...(options.firmware === undefined ? {} : { firmware: options.firmware }),
    ...(options.provisioner === undefined ? {} : { provisioner: options.provisioner }),
  });
  const client = new RecordingClient();
  port.attach(client);
  const type = (text: string): void => port.receive(encodeWireText(text));
  /** Sends a command and gives what comes back at once. */
  const ask = (command: string): string => {
    type(`${command}\r\n`);
    return client.take();
  };
  /** Sends a command and gives what comes back, and after how long in ms. */
  const timed = async (command: string): Promise<{ readonly text: string; readonly waited: number }> => {
    const start = clock.monotonic();
    type(`${command}\r`);
    while (client.received.length === 0) await clock.advance(clock.untilNext() ?? milliseconds(0));
    return { text: client.take(), waited: clock.monotonic() - start };
  };
  return { clock, modem, port, client, entries, type, ask, timed };
}
