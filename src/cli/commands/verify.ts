import { resolve } from "node:path";
import { verifyFile } from "../../audit/verify-file.ts";
import type { Verdict } from "../../contract/history.ts";
import { EXIT, type CliCommand } from "../command.ts";

/** `station verify`: whether a database or an export is what the station wrote. */
export const verifyCommand: CliCommand = {
  name: "verify",
  summary: "checks a database or an export; names the first row that does not fit",
  positionals: "FILE",
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    key: {
      kind: "value",
      value: "THUMBPRINT",
      help: "what the station's key must be; write it down at the first start",
    },
    "accept-unsigned": { kind: "flag", help: "takes an export that was made from a copy, without the station's key" },
    json: { kind: "flag", help: "prints the verdict as one JSON object" },
  },
  async run(args, context) {
    const file = resolve(args.positionals[0] ?? "");
    const key = args.value("key");
    const verdict = await verifyFile(file, {
      signal: context.signal,
      acceptUnsigned: args.flag("accept-unsigned"),
      ...(key === undefined ? {} : { key }),
    });
    context.out(args.flag("json") ? `${JSON.stringify({ file, ...verdict })}\n` : `${verdictText(verdict)}\n`);
    return verdict.ok ? EXIT.passed : EXIT.failed;
  },
};

function verdictText(verdict: Verdict): string {
  if (!verdict.ok) return `does not fit: ${verdict.misfit.table} ${verdict.misfit.row}: ${verdict.misfit.what}`;
  const by = `station ${verdict.station}\nkey     ${verdict.key}`;
  if (verdict.kind === "export") {
    const signed =
      verdict.signature === "export" ? "signed" : "not signed itself, only the chain that it was read from";
    return `${verdict.rows} rows fit, ${signed}\n${by}`;
  }
  const tail =
    verdict.headFile === "present"
      ? ""
      : "\nThe file that keeps the newest signature is not beside the database: rows cut off at its end would not be noticed.";
  return `${verdict.events} events and ${verdict.runs} runs fit, signed up to event ${verdict.signedUpTo}\n${by}${tail}`;
}
