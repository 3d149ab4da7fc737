import { resolve } from "node:path";
import { readReport } from "../../audit/read-report.ts";
import { ModeSchema, ReportOrderSchema, type ReportOrder } from "../../contract/report.ts";
import { StationError } from "../../core/error.ts";
import { isZone } from "../../core/zone.ts";
import { oneOf, required } from "../arguments.ts";
import { EXIT, type Arguments, type CliCommand } from "../command.ts";
import { optionProblem } from "../option-problem.ts";
import { reportText } from "../output/report-text.ts";
import { FILTER_OPTIONS, runFilter } from "../run-filter.ts";

/** `station report`: yield, throughput, cycle times and failures of the recorded runs. */
export const reportCommand: CliCommand = {
  name: "report",
  summary: "yield, throughput, cycle times, failures by code and slot, from the audit database",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    audit: { kind: "value", value: "FILE", help: "the audit database" },
    mode: { kind: "value", value: "production|training|both", help: "which runs count; default production" },
    zone: { kind: "value", value: "ZONE", help: "whose hours and days (Europe/Berlin, UTC); default: this computer's" },
    ...FILTER_OPTIONS,
    fixture: { kind: "value", value: "NAME", help: "runs on this fixture" },
    slot: { kind: "value", value: "SLOT", help: "runs in this slot" },
    json: { kind: "flag", help: "prints the report as one JSON object" },
  },
  async run(args, context) {
    const report = await readReport(resolve(required(args, "audit")), orderOf(args), { signal: context.signal });
    context.out(args.flag("json") ? `${JSON.stringify(report)}\n` : reportText(report));
    return EXIT.passed;
  },
};

function orderOf(args: Arguments): ReportOrder {
  const zone = args.value("zone") ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!isZone(zone))
    throw new StationError("usage.option", "--zone must be a time zone such as Europe/Berlin or UTC", {
      given: zone.slice(0, 40),
    });
  const bench = Object.fromEntries(
    ["fixture", "slot"].flatMap((name) => (args.value(name) === undefined ? [] : [[name, args.value(name)] as const])),
  );
  const mode = oneOf(args, "mode", ModeSchema.options, "production");
  const parsed = ReportOrderSchema.shape.filter.safeParse({ ...runFilter(args), ...bench, mode });
  if (!parsed.success) throw optionProblem(parsed.error, bench);
  return { filter: parsed.data, zone };
}
