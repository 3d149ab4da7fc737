import { resolve } from "node:path";
import { backUp } from "../../audit/backup.ts";
import { required } from "../arguments.ts";
import { EXIT, type CliCommand } from "../command.ts";

/** `station backup`: a checked copy of the audit database, also beside a running station. */
export const backupCommand: CliCommand = {
  name: "backup",
  summary: "copies the audit database, also beside a running station, and checks the copy",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    audit: { kind: "value", value: "FILE", help: "the audit database" },
    out: { kind: "value", value: "FILE", help: "the backup; FILE.head is written beside it; never overwritten" },
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const file = resolve(required(args, "audit"));
    const backup = await backUp(file, resolve(required(args, "out")), { signal: context.signal });
    const { out, events, runs, signedUpTo } = backup;
    const text = `${events} events and ${runs} runs in ${out}, signed up to event ${signedUpTo}`;
    context.out(args.flag("json") ? `${JSON.stringify(backup)}\n` : `${text}\n`);
    return EXIT.passed;
  },
};
