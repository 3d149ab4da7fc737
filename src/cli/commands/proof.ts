import { resolve } from "node:path";
import { FixtureSchema, type Fixture } from "../../contract/fixture.ts";
import { StationError } from "../../core/error.ts";
import { linkName, parseLinkName } from "../../link/link-name.ts";
import { loadFixture } from "../../station/files/fixture-file.ts";
import { openRecipe } from "../../station/files/recipe-file.ts";
import { NO_SERVICE } from "../../station/no-service.ts";
import { required } from "../arguments.ts";
import type { Arguments, CliCommand } from "../command.ts";
import { reportTray } from "../output/tray-report.ts";
import { startRequest } from "../start-request.ts";
import { runTray } from "../tray.ts";

/** `station proof`: compares units with a recipe and with what the record found in them; changes nothing. */
export const proofCommand: CliCommand = {
  name: "proof",
  summary: "reads units and compares them with a recipe and with the record; changes nothing in them",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    recipe: { kind: "value", value: "FILE", help: "what the units must hold" },
    port: { kind: "value", value: "PORT", help: "one unit: serial:/dev/ttyUSB0, COM3, tcp://10.0.0.7:4001" },
    fixture: { kind: "value", value: "FILE", help: "or a tray's slots and their ports" },
    slots: { kind: "value", value: "1,2", help: "only these slots of the fixture" },
    serials: { kind: "value", value: "FILE", help: "board serials: a CSV with columns slot,serial" },
    audit: { kind: "value", value: "FILE", help: "the audit database; made when missing" },
    operator: { kind: "value", value: "NAME", help: "who does it" },
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const recipe = await openRecipe(resolve(required(args, "recipe")), context.environment);
    const fixture = await fixtureOf(args);
    const audit = resolve(required(args, "audit"));
    const request = { ...(await startRequest(args)), again: false };
    const files = { ...recipe, fixture, profile: NO_SERVICE };
    const result = await runTray({ files, request, audit, proof: { kind: "recipe" } }, context);
    return reportTray(result, { audit, export: null, ca: null, service: null }, args.flag("json"), context);
  },
};

/** The fixture, or one of a single slot for a port that is named. @throws StationError usage.option, file.*, link.bad-address */
async function fixtureOf(args: Arguments): Promise<Fixture> {
  const [port, file] = [args.value("port"), args.value("fixture")];
  if ((port === undefined) === (file === undefined))
    throw new StationError("usage.option", "one of --port and --fixture must be given", {});
  return file === undefined ? onePort(port ?? "") : loadFixture(resolve(file));
}

function onePort(port: string): Fixture {
  const spec = parseLinkName(port);
  const address = spec.kind === "tcp" ? { tcp: linkName(spec).slice("tcp://".length) } : { path: spec.path };
  const slots = [{ slot: "1", row: 1, column: 1, port: address }];
  return FixtureSchema.parse({ fixture: 1, name: "One port", rows: 1, columns: 1, slots });
}
