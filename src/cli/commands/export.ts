import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { draftExport } from "../../audit/export-draft.ts";
import { makeExport, type ExportResult } from "../../audit/make-export.ts";
import { openAuditStore } from "../../audit/open-audit-store.ts";
import type { ExportOrder } from "../../contract/history.ts";
import { StationError } from "../../core/error.ts";
import { STATION_VERSION } from "../../core/version.ts";
import { oneOf, required } from "../arguments.ts";
import { EXIT, type CliCommand, type CommandContext } from "../command.ts";
import { FILTER_OPTIONS, runFilter } from "../run-filter.ts";

/** `station export`: runs as CSV or JSON Lines with a signed manifest. */
export const exportCommand: CliCommand = {
  name: "export",
  summary: "writes runs as CSV or JSON Lines, with filters and a signed manifest",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    audit: { kind: "value", value: "FILE", help: "the audit database" },
    format: { kind: "value", value: "csv|jsonl", help: "default csv" },
    out: { kind: "value", value: "FILE", help: "the export; FILE.manifest.json is written beside it" },
    ...FILTER_OPTIONS,
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const order: ExportOrder = {
      format: oneOf(args, "format", ["csv", "jsonl"], "csv"),
      out: resolve(required(args, "out")),
      filter: runFilter(args),
    };
    const result = await exportRuns(resolve(required(args, "audit")), order, context);
    if (args.flag("json")) context.out(`${JSON.stringify(result)}\n`);
    else context.out(`${result.rows} runs in ${result.out}\n`);
    return EXIT.passed;
  },
};

/**
 * Exports from a database. Where the station's key lies beside it and nobody else writes to it, the export is recorded in
 * the chain and signed; from a copy, or beside a running station, it carries the newest signed head of the chain.
 * @throws StationError audit.*
 */
export async function exportRuns(audit: string, order: ExportOrder, context: CommandContext): Promise<ExportResult> {
  const tools = {
    clock: context.clock,
    signal: context.signal,
    draft: (draft: ExportOrder) => draftExport(audit, draft, { signal: context.signal }),
  };
  if (!existsSync(audit)) throw new StationError("audit.missing", "there is no such file", { file: audit });
  const store = existsSync(`${audit}.key`) ? await openUnlessInUse(audit, context) : undefined;
  try {
    return await makeExport(order, store === undefined ? tools : { ...tools, store });
  } finally {
    await store?.close();
  }
}

async function openUnlessInUse(audit: string, { clock }: CommandContext) {
  try {
    const named = { version: STATION_VERSION, program: "station" };
    const { store } = await openAuditStore({ file: audit, clock, random: randomBytes, ...named });
    return store;
  } catch (error) {
    if (error instanceof StationError && error.code === "audit.in-use") return undefined;
    throw error;
  }
}
