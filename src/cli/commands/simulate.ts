import { resolve } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { FAULT_KINDS } from "../../simulator/fault-kind.ts";
import { parseFault } from "../../simulator/fault-order.ts";
import type { SelfProvisioner } from "../../simulator/self-provisioner.ts";
import { startSimulators } from "../../simulator/simulators.ts";
import { loadProfile } from "../../station/files/profile-file.ts";
import { oneOf, wholeNumber } from "../arguments.ts";
import { EXIT, type CliCommand } from "../command.ts";
import { table } from "../output/table.ts";
import { untilStopped } from "../until-stopped.ts";

const FIRMWARE = ["at", "serial-modem", "zephyr-shell"] as const;

/** `station simulate`: nRF91 modems over tcp until SIGTERM. */
export const simulateCommand: CliCommand = {
  name: "simulate",
  summary: "runs simulated nRF91 modems over tcp, with faults on order",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    units: { kind: "value", value: "N", help: "how many modems, 1 to 256 (default 8)" },
    port: {
      kind: "value",
      value: "PORT",
      help: "tcp port of slot 1, the others follow; 0 takes any free ones (default 0)",
    },
    latency: { kind: "value", value: "none|realistic", help: "how long commands take (default none)" },
    fault: { kind: "list", value: "SLOT=KIND", help: `a fault: ${Object.keys(FAULT_KINDS).join(", ")}` },
    firmware: {
      kind: "value",
      value: FIRMWARE.join("|"),
      help: "what the boards run; the last two provision themselves (default at)",
    },
    profile: { kind: "value", value: "FILE", help: "the service that boards reach which provision themselves" },
    seed: { kind: "value", value: "TEXT", help: "the same seed gives the same boards" },
    folder: { kind: "value", value: "DIR", help: "keeps the modems' credentials over restarts" },
    log: { kind: "value", value: "FILE", help: "JSON Lines of every command and what it waited" },
    json: { kind: "flag", help: "prints one JSON line when ready" },
  },
  async run(args, context) {
    const [seed, folder, logFile] = [args.value("seed"), args.value("folder"), args.value("log")];
    const profile = args.value("profile");
    const provisioner = profile === undefined ? undefined : await provisionerOf(resolve(profile), context.clock);
    const simulators = await startSimulators({
      units: wholeNumber(args, "units", [1, 256], 8),
      port: wholeNumber(args, "port", [0, 65_535], 0),
      latency: oneOf(args, "latency", ["none", "realistic"], "none"),
      faults: args.list("fault").map(parseFault),
      clock: context.clock,
      firmware: oneOf(args, "firmware", FIRMWARE, "at"),
      ...(provisioner === undefined ? {} : { provisioner }),
      ...(seed === undefined ? {} : { seed }),
      ...(folder === undefined ? {} : { folder }),
      ...(logFile === undefined ? {} : { logFile }),
    });
    try {
      const units = simulators.units.map((unit) => ({ ...unit, slot: String(unit.slot) }));
      const rows = units.map(({ slot, link, uuid, imei }) => [slot, link, uuid, imei]);
      if (args.flag("json")) context.out(`${JSON.stringify({ ready: true, units })}\n`);
      else context.out(table([["slot", "port", "device UUID", "IMEI"], ...rows]));
      await untilStopped(context.signal);
      return EXIT.passed;
    } finally {
      await simulators.stop();
    }
  },
};

/** Loaded when asked for: most simulated modems need no transport. */
async function provisionerOf(file: string, clock: Clock): Promise<SelfProvisioner> {
  const profile = await loadProfile(file);
  const { selfProvisioner } = await import("../self-provisioning.ts");
  return selfProvisioner(profile, clock);
}
