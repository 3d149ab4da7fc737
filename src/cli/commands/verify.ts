import { resolve } from "node:path";
import { verifyFile } from "../../audit/verify-file.ts";
import { EXIT, type CliCommand } from "../command.ts";

/** `station verify`: whether a database or an export is what the station wrote. */
export const verifyCommand: CliCommand = {
  name: "verify",
  summary: "checks a database or an export; names the first row that does not fit",
  positionals: "FILE",
  minPositionals: 1,
  maxPositionals: 1,
  options: { json: { kind: "flag", help: "prints the verdict as one JSON object" } },
  async run(args, context) {
    const file = resolve(args.positionals[0] ?? "");
    const verdict = await verifyFile(file, { signal: context.signal });
    if (args.flag("json")) context.out(`${JSON.stringify({ file, ...verdict })}\n`);
    else if (!verdict.ok)
      context.out(`does not fit: ${verdict.misfit.table} ${verdict.misfit.row}: ${verdict.misfit.what}\n`);
    else if (verdict.kind === "export")
      context.out(`${verdict.rows} rows fit (station ${verdict.station}, key ${verdict.key})\n`);
    else
      context.out(
        `${verdict.events} events and ${verdict.runs} runs fit, signed up to event ${verdict.signedUpTo}` +
          ` (station ${verdict.station}, key ${verdict.key})\n`,
      );
    return verdict.ok ? EXIT.passed : EXIT.failed;
  },
};
