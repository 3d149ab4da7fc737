import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { DeviceUuid, Imei } from "../core/ids.ts";
import { realClock } from "../core/real-clock.ts";
import { makeBoard } from "./board.ts";
import type { FirmwareKind } from "./board-firmware.ts";
import { FAULT_KINDS } from "./fault-kind.ts";
import { assertSimulated, type FaultOrder } from "./fault-order.ts";
import { PLAIN_FRAMING, type Framing } from "./framing.ts";
import { LATENCIES, type LatencyName, type LatencyTable } from "./latency.ts";
import { LogFile } from "./log-file.ts";
import type { ModemOptions } from "./modem-options.ts";
import { NvmFile } from "./nvm-file.ts";
import type { SelfProvisioner } from "./self-provisioner.ts";
import { SimulatedModem } from "./simulated-modem.ts";
import { SimulatedPort, type PortOptions } from "./simulated-port.ts";
import { checkPorts, TcpPort } from "./tcp-port.ts";
import { addWait, commandLine, noWaits, totalsLine, type CommandEntry, type WaitTotals } from "./wait-log.ts";

/** What every simulated modem has in common beyond its identity. */
export type ModemTraitOptions = Omit<ModemOptions, "board" | "clock" | "random" | "memory">;

/** How a tray of simulated modems is started. */
export type SimulatorOptions = {
  /** How many modems, 1 to 256; the first is slot 1. */
  readonly units: number;
  /** The tcp port of slot 1, the others follow; 0 lets the system choose each. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** What makes the tray this tray: the same seed gives the same boards. */
  readonly seed?: string;
  /** Default `none`. */
  readonly latency?: LatencyName | LatencyTable;
  /** Faults on order, from `parseFault`. */
  readonly faults?: readonly FaultOrder[];
  readonly framing?: Framing;
  /** What the boards run; `zephyr-shell` brings its framing along. Default `at`. */
  readonly firmware?: FirmwareKind;
  /** How boards with firmware of their own provision themselves; without it their sessions fail. */
  readonly provisioner?: SelfProvisioner;
  readonly modem?: ModemTraitOptions;
  /** A folder that keeps the credentials, so that they outlive a stop; without it every start is a tray of blank boards. */
  readonly folder?: string;
  /** A JSON Lines file that takes every command with its waits, and the totals at the stop. */
  readonly logFile?: string;
  /** Told of every command as it ends. */
  readonly onCommand?: (entry: CommandEntry) => void;
  readonly clock?: Clock;
};

/** One simulated modem as a fixture needs it. */
export type SimulatedUnit = {
  readonly slot: number;
  /** `tcp://127.0.0.1:PORT`. */
  readonly link: string;
  readonly uuid: DeviceUuid;
  readonly imei: Imei;
};

/** A running tray. */
export type Simulators = {
  readonly units: readonly SimulatedUnit[];
  /** What each modem has waited so far, in slot order. */
  readonly totals: () => readonly WaitTotals[];
  /** Ends every connection, port and timer and completes the log; harmless when repeated. */
  readonly stop: () => Promise<void>;
};

const MOST_UNITS = 256;
const USUAL_SEED = "station";

/**
 * Starts simulated modems, each on its own tcp port.
 * @throws StationError simulator.bad-option, simulator.bad-fault, simulator.port-taken or simulator.storage; nothing is left running then
 */
export async function startSimulators(options: SimulatorOptions): Promise<Simulators> {
  checkOptions(options);
  const log = options.logFile === undefined ? undefined : new LogFile(options.logFile);
  const ports: TcpPort[] = [];
  try {
    return await startAll(options, log, ports);
  } catch (error) {
    await Promise.all(ports.map((port) => port.close()));
    await log?.close();
    throw error;
  }
}

async function startAll(options: SimulatorOptions, log: LogFile | undefined, ports: TcpPort[]): Promise<Simulators> {
  const clock = options.clock ?? realClock;
  const host = options.host ?? "127.0.0.1";
  const totals = Array.from({ length: options.units }, (_, index) => noWaits(index + 1));
  const onCommand = (entry: CommandEntry): void => {
    totals[entry.slot - 1] = addWait(totals[entry.slot - 1] ?? noWaits(entry.slot), entry);
    log?.write(commandLine(entry));
    options.onCommand?.(entry);
  };
  const units: SimulatedUnit[] = [];
  for (const { slot } of [...totals]) {
    const faults = (options.faults ?? []).filter((fault) => fault.slot === slot);
    const modem = makeModem(options, slot, faults, clock);
    const latency = tableOf(options.latency);
    const framing = framingOf(options.framing ?? PLAIN_FRAMING, faults, options.firmware);
    const own = firmwareOf(options);
    const simulated = new SimulatedPort({ ...{ slot, modem, clock, latency, framing, faults, onCommand }, ...own });
    const port = new TcpPort(simulated, clock);
    const number = await port.listen(host, options.port === 0 ? 0 : options.port + slot - 1);
    ports.push(port);
    const { uuid, imei } = modem.board;
    units.push({ slot, link: `tcp://${host}:${number}`, uuid, imei });
  }
  return { units, totals: () => [...totals], stop: once(() => stopAll(ports, log, totals)) };
}

async function stopAll(
  ports: readonly TcpPort[],
  log: LogFile | undefined,
  totals: readonly WaitTotals[],
): Promise<void> {
  await Promise.all(ports.map((port) => port.close()));
  for (const one of totals) log?.write(totalsLine(one));
  await log?.close();
}

function makeModem(
  options: SimulatorOptions,
  slot: number,
  faults: readonly FaultOrder[],
  clock: Clock,
): SimulatedModem {
  const changes = changesOf(faults);
  const board = makeBoard(options.seed ?? USUAL_SEED, changes.has("duplicate") ? 1 : slot);
  return new SimulatedModem({
    ...options.modem,
    board,
    clock,
    ...(changes.has("echo") ? { echo: true } : {}),
    ...(changes.has("echo-stuck") ? { echo: true, echoStuck: true } : {}),
    // A duplicate is another board with the same identity: it keeps its credentials to itself.
    ...(options.folder === undefined || changes.has("duplicate")
      ? {}
      : { memory: new NvmFile(options.folder, board.uuid) }),
  });
}

function framingOf(framing: Framing, faults: readonly FaultOrder[], firmware: FirmwareKind | undefined): Framing {
  const changes = changesOf(faults);
  const provisions = firmware === "zephyr-shell";
  const mode = provisions || changes.has("shell") ? "shell" : framing.mode;
  return { mode, lead: changes.has("lead") ? "\r\n" : framing.lead, provisions };
}

function firmwareOf({ firmware, provisioner }: SimulatorOptions): Pick<PortOptions, "firmware" | "provisioner"> {
  return {
    ...(firmware === undefined ? {} : { firmware }),
    ...(provisioner === undefined ? {} : { provisioner }),
  };
}

function changesOf(faults: readonly FaultOrder[]): ReadonlySet<string> {
  const effects = faults.map((fault) => FAULT_KINDS[fault.kind].effect);
  return new Set(effects.flatMap((effect) => (effect.does === "make" ? [effect.change] : [])));
}

function tableOf(latency: LatencyName | LatencyTable = "none"): LatencyTable {
  return typeof latency === "string" ? LATENCIES[latency] : latency;
}

function checkOptions({ units, port, faults = [] }: SimulatorOptions): void {
  if (!Number.isInteger(units) || units < 1 || units > MOST_UNITS) {
    throw new StationError("simulator.bad-option", "the number of units is out of range", {
      ...{ units, least: 1 },
      limit: quantity(MOST_UNITS, "items"),
    });
  }
  checkPorts(port, port === 0 ? 1 : units);
  assertSimulated(faults, units);
}

function once(work: () => Promise<void>): () => Promise<void> {
  const state: { done?: Promise<void> } = {};
  return () => (state.done ??= work());
}
