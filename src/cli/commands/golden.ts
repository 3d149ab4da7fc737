import { resolve } from "node:path";
import type { GoldenReference, Proof } from "../../contract/proof.ts";
import type { RunEvent } from "../../contract/run-event.ts";
import { StationError } from "../../core/error.ts";
import { loadFixture } from "../../station/files/fixture-file.ts";
import { loadGolden, saveGolden } from "../../station/files/golden-file.ts";
import { goldenRecipe, learnedReference } from "../../station/golden-unit.ts";
import { NO_SERVICE } from "../../station/no-service.ts";
import { required } from "../arguments.ts";
import { EXIT, type Arguments, type CliCommand, type CommandContext, type ExitCode } from "../command.ts";
import { reportTray } from "../output/tray-report.ts";
import { startRequest } from "../start-request.ts";
import { runTray, type TrayResult } from "../tray.ts";

/** `station golden learn` and `station golden check`: a board known to be good, compared with its reference at shift start. */
export const goldenCommand: CliCommand = {
  name: "golden",
  summary: "learns a board that is known to be good, and checks it at the start of a shift",
  positionals: "learn|check",
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    fixture: { kind: "value", value: "FILE", help: "the tray's slots and their ports" },
    slots: { kind: "value", value: "1", help: "the slot that the board is in" },
    golden: { kind: "value", value: "FILE", help: "the reference: written by learn, read by check" },
    name: { kind: "value", value: "NAME", help: "learn: what people call the board (default: Golden unit)" },
    audit: { kind: "value", value: "FILE", help: "the audit database; made when missing" },
    operator: { kind: "value", value: "NAME", help: "who does it" },
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const [act = ""] = args.positionals;
    if (act === "learn") return learn(args, context);
    if (act === "check") return check(args, context);
    throw new StationError("usage.option", "golden must be followed by learn or check", { given: act.slice(0, 40) });
  },
};

async function learn(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const file = resolve(required(args, "golden"));
  const name = args.value("name") ?? "Golden unit";
  const { result, events } = await runProof(args, { kind: "golden-learn", name }, context);
  const reference = learnedReference(name, events);
  if (reference === undefined) return report(args, result, context);
  await saveGolden(file, reference);
  context.out(args.flag("json") ? `${JSON.stringify({ ...reference, file })}\n` : learnedText(reference, file));
  return EXIT.passed;
}

async function check(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const reference = await loadGolden(resolve(required(args, "golden")));
  const { result } = await runProof(args, { kind: "golden", reference }, context);
  return report(args, result, context);
}

async function runProof(
  args: Arguments,
  proof: Exclude<Proof, { readonly kind: "recipe" }>,
  context: CommandContext,
): Promise<{ readonly result: TrayResult; readonly events: readonly RunEvent[] }> {
  const fixture = await loadFixture(resolve(required(args, "fixture")));
  const request = { ...(await startRequest(args)), again: false };
  if (request.slots?.length !== 1)
    throw new StationError("usage.option", "--slots must name the one slot that the board is in", {});
  const files = { recipe: goldenRecipe(proof), fixture, profile: NO_SERVICE };
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent): void => void events.push(event);
  const result = await runTray({ files, request, audit: auditOf(args), proof, onEvent }, context);
  return { result, events };
}

function report(args: Arguments, result: TrayResult, context: CommandContext): ExitCode {
  const places = { audit: auditOf(args), export: null, ca: null, service: null };
  return reportTray(result, places, args.flag("json"), context);
}

function auditOf(args: Arguments): string {
  return resolve(required(args, "audit"));
}

function learnedText({ name, uuid, firmware, credentials }: GoldenReference, file: string): string {
  const lines = [
    `${name}: ${uuid}`,
    `firmware    ${firmware ?? "not told"}`,
    `credentials ${credentials.length}`,
    `reference   ${file}`,
  ];
  return `${lines.join("\n")}\n`;
}
