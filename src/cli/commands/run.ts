import { dirname, resolve } from "node:path";
import { GOLDEN_HOURS } from "../../contract/desktop-golden.ts";
import { ProfileSchema, type ResolvedProfile } from "../../contract/profile.ts";
import { Secret } from "../../core/secret.ts";
import type { StationFiles } from "../../station/batch-plan.ts";
import { loadFixture } from "../../station/files/fixture-file.ts";
import { loadDocument } from "../../station/files/load-document.ts";
import { loadGolden } from "../../station/files/golden-file.ts";
import { loadProfile, resolveProfile } from "../../station/files/profile-file.ts";
import { openRecipe } from "../../station/files/recipe-file.ts";
import { required, wholeNumber } from "../arguments.ts";
import type { Arguments, CliCommand, CommandContext } from "../command.ts";
import { publishedIn } from "../copies-folder.ts";
import { startEmbeddedService } from "../embedded-service.ts";
import { reportTray } from "../output/tray-report.ts";
import type { GoldenRule } from "../../station/golden-unit.ts";
import { TOKEN_FILE_NAME } from "../../station/token-file.ts";
import { startRequest } from "../start-request.ts";
import { tokenDesks } from "../token-desks.ts";
import { signingOf } from "../signing.ts";
import { LINE_OPTIONS, lineOrder, lineStart } from "../line-order.ts";
import { runTray } from "../tray.ts";

/** `station run`: provisions the tray of a fixture. */
export const runCommand: CliCommand = {
  name: "run",
  summary: "provisions the tray of a fixture",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    recipe: { kind: "value", value: "FILE", help: "what the product needs" },
    fixture: { kind: "value", value: "FILE", help: "the tray's slots and their ports" },
    profile: { kind: "value", value: "FILE", help: "the service (default: the embedded one, as training)" },
    audit: { kind: "value", value: "FILE", help: "the audit database; made when missing" },
    slots: { kind: "value", value: "1,2", help: "only these slots" },
    serials: { kind: "value", value: "FILE", help: "board serials: a CSV with columns slot,serial" },
    tokens: {
      kind: "value",
      value: "FILE",
      help: `where recipes with claim.by: later gather tokens (default ${TOKEN_FILE_NAME} beside the audit database)`,
    },
    "ca-profile": {
      kind: "value",
      value: "FILE",
      help: "a CA of one's own that the recipe names, besides the profile's",
    },
    operator: { kind: "value", value: "NAME", help: "who runs the tray" },
    golden: { kind: "value", value: "FILE", help: "the golden unit's reference: it must have been checked" },
    "golden-hours": { kind: "value", value: "N", help: "at most so many hours ago (default 12, with --golden)" },
    ...LINE_OPTIONS,
    again: { kind: "flag", help: "units that passed before may run once more" },
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const recipeFile = resolve(required(args, "recipe"));
    const recipe = await openRecipe(recipeFile, context.environment);
    const fixtureFile = resolve(required(args, "fixture"));
    const fixture = await loadFixture(fixtureFile);
    const request = await startRequest(args);
    const audit = resolve(required(args, "audit"));
    const golden = await goldenRule(args);
    const line = await lineOrder(args, context);
    const signing = await signingOf(args, context);
    const service = await serviceOf(args, audit, context);
    try {
      const { profile, ownerKey, ca, https } = service;
      const order = {
        files: {
          ...recipe,
          fixture,
          profile,
          ...(await publishedOf(line, { recipe: recipeFile, fixture: fixtureFile })),
        },
        request,
        audit,
        desks: tokenDesks(args, dirname(audit), context.clock),
        signing,
        ...(line === undefined ? {} : { line: { ...line, start: lineStart(args) } }),
        ...(golden === undefined ? {} : { golden }),
        ...(ownerKey === undefined ? {} : { ownerKey }),
      };
      const result = await runTray(order, context);
      return reportTray(result, { audit, export: null, ca, service: https }, args.flag("json"), context);
    } finally {
      await service.stop();
    }
  },
};

/** Copies of the line's documents run only as they were signed. */
async function publishedOf(
  line: { readonly file: string } | undefined,
  places: { readonly recipe: string; readonly fixture: string },
): Promise<Pick<StationFiles, "published">> {
  return line === undefined ? {} : { published: await publishedIn(line.file, places) };
}

/** @throws StationError usage.option, file.* of the reference */
async function goldenRule(args: Arguments): Promise<GoldenRule | undefined> {
  const file = args.value("golden");
  const { least, usual, most } = GOLDEN_HOURS;
  const everyHours = wholeNumber(args, "golden-hours", [least, most], usual);
  return file === undefined ? undefined : { everyHours, reference: await loadGolden(resolve(file)) };
}

type Service = {
  readonly profile: ResolvedProfile;
  readonly ownerKey: Secret | undefined;
  readonly ca: string | null;
  readonly https: string | null;
  stop(): Promise<void>;
};

async function serviceOf(args: Arguments, audit: string, context: CommandContext): Promise<Service> {
  const file = args.value("profile");
  if (file === undefined) {
    const embedded = await startEmbeddedService(`${audit}.service`, context);
    return { ...embedded, profile: await resolveProfile(embedded.profile, dirname(audit)) };
  }
  const profile = await loadProfile(resolve(file));
  const { https } = profile;
  const ca = (await loadDocument(resolve(file), ProfileSchema)).value.https?.ca;
  const variable = profile.owner?.keyEnv;
  const key = variable === undefined ? undefined : context.environment[variable];
  return {
    profile,
    ownerKey: key === undefined || key === "" ? undefined : new Secret(key),
    ca: ca === undefined ? null : resolve(dirname(resolve(file)), ca),
    https: https === undefined ? null : `https://${https.host}:${https.port}`,
    stop: () => Promise.resolve(),
  };
}
