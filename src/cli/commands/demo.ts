import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { FixtureSchema } from "../../contract/fixture.ts";
import { ProfileSchema } from "../../contract/profile.ts";
import type { StartRequest } from "../../contract/station-request.ts";
import { assertSimulated, parseFault } from "../../simulator/fault-order.ts";
import { resolveProfile } from "../../station/files/profile-file.ts";
import { loadRecipe } from "../../station/files/recipe-file.ts";
import { oneOf, wholeNumber } from "../arguments.ts";
import type { Arguments, CliCommand, CommandContext, ExitCode } from "../command.ts";
import { demoFixture, demoRecipe, GATHERING_RECIPE } from "../demo-files.ts";
import {
  startEmbeddedService,
  startSimulatedTray,
  type EmbeddedService,
  type SimulatedTray,
} from "../embedded-service.ts";
import { ensureFolder, writeJson } from "../folder.ts";
import { reportTray } from "../output/tray-report.ts";
import { startRequest } from "../start-request.ts";
import { tokenDesks } from "../token-desks.ts";
import { runTray, type TrayResult } from "../tray.ts";
import { exportRuns } from "./export.ts";

const MOST_UNITS = 128;
const DEVICE_MODES = ["station", "serial-modem", "zephyr-shell"] as const;
type DeviceMode = (typeof DEVICE_MODES)[number];

/** `station demo`: the whole path on simulators and the embedded service. */
export const demoCommand: CliCommand = {
  name: "demo",
  summary: "provisions a tray of simulated modems against the embedded service",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    units: { kind: "value", value: "N", help: "how many modems, 1 to 128 (default 8)" },
    transport: { kind: "value", value: "https|coaps", help: "how the units reach the service (default https)" },
    "device-mode": {
      kind: "value",
      value: DEVICE_MODES.join("|"),
      help: "who speaks with the service: the station, or the boards' own firmware (default station)",
    },
    latency: { kind: "value", value: "none|realistic", help: "how long the modems' commands take (default none)" },
    fault: { kind: "list", value: "SLOT=KIND", help: "a fault on order; `station help simulate` names the kinds" },
    dir: { kind: "value", value: "DIR", help: "where everything is left (default demo)" },
    tokens: { kind: "value", value: "FILE", help: "only gathers the units' attestation tokens into this file" },
    operator: { kind: "value", value: "NAME", help: "who runs the tray" },
    log: { kind: "value", value: "FILE", help: "JSON Lines of what the simulated modems waited" },
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const units = wholeNumber(args, "units", [1, MOST_UNITS], 8);
    const transport = oneOf(args, "transport", ["https", "coaps"], "https");
    const dir = resolve(args.value("dir") ?? "demo");
    const mode = oneOf(args, "device-mode", DEVICE_MODES, "station");
    const simulation = simulationArguments(args, units);
    const request = await startRequest(args, "Demo");
    await ensureFolder(dir);
    const service = await startEmbeddedService(join(dir, "service"), context, transport);
    try {
      await writeJson(dir, "profile.json", ProfileSchema.parse(service.profile));
      const tray = await startSimulatedTray([...simulation, ...firmwareArguments(mode, dir)], context);
      try {
        return await demonstrate({ args, request, dir, mode, service, tray }, context);
      } finally {
        await tray.stop();
      }
    } finally {
      await service.stop();
    }
  },
};

type Stage = {
  readonly args: Arguments;
  readonly request: StartRequest;
  readonly dir: string;
  readonly mode: DeviceMode;
  readonly service: EmbeddedService;
  readonly tray: SimulatedTray;
};

async function demonstrate(
  { args, request, dir, mode, service, tray }: Stage,
  context: CommandContext,
): Promise<ExitCode> {
  const audit = join(dir, "audit.db");
  const gathers = args.value("tokens") !== undefined;
  const fixture = FixtureSchema.parse(demoFixture(tray.units));
  await writeJson(dir, "fixture.json", fixture);
  const result = await runTray(
    {
      files: {
        recipe: await loadRecipe(gathers ? GATHERING_RECIPE : await demoRecipe(dir, mode), context.environment),
        fixture,
        profile: await resolveProfile(service.profile, dir),
      },
      request,
      audit,
      ownerKey: service.ownerKey,
      desks: tokenDesks(args, dir, context.clock),
    },
    context,
  );
  // A tray that was stopped is exported as well.
  const out = await exportBatch(result, dir, audit, { ...context, signal: new AbortController().signal });
  const places = { audit, export: out, ca: service.ca, service: service.https };
  return reportTray(result, places, args.flag("json"), context);
}

async function exportBatch(result: TrayResult, dir: string, audit: string, context: CommandContext): Promise<string> {
  const out = join(dir, "export.csv");
  await exportRuns(audit, { format: "csv", out, filter: { batch: result.summary.batch } }, context);
  return out;
}

/** Boards that provision themselves reach the service by themselves. */
function firmwareArguments(mode: DeviceMode, dir: string): readonly string[] {
  return mode === "station" ? [] : ["--firmware", mode, "--profile", join(dir, "profile.json")];
}

/** Every demo gets boards of its own, as a line does: units that passed before would be refused. */
function simulationArguments(args: Arguments, units: number): readonly string[] {
  const faults = args.list("fault");
  // Refused before anything is started.
  assertSimulated(faults.map(parseFault), units);
  const log = args.value("log");
  return [
    ...["--units", String(units), "--port", "0", "--seed", randomUUID()],
    ...["--latency", oneOf(args, "latency", ["none", "realistic"], "none")],
    ...faults.flatMap((fault) => ["--fault", fault]),
    ...(log === undefined ? [] : ["--log", log]),
  ];
}
