import { resolve } from "node:path";
import { restoreDatabase } from "../../audit/restore.ts";
import { required } from "../arguments.ts";
import { EXIT, type CliCommand } from "../command.ts";

/** `station restore`: puts a backup in the place of a database; what was there is kept aside. */
export const restoreCommand: CliCommand = {
  name: "restore",
  summary: "puts a backup in the place of a lost or damaged audit database; keeps what was there",
  positionals: "BACKUP",
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    audit: { kind: "value", value: "FILE", help: "the audit database; no station may work with it" },
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const { clock, signal } = context;
    const backup = resolve(args.positionals[0] ?? "");
    const restored = await restoreDatabase(backup, resolve(required(args, "audit")), { clock, signal });
    const { file, events, runs, aside } = restored;
    const kept = aside === undefined ? "" : `\nwhat was there before is kept in ${aside}`;
    context.out(
      args.flag("json") ? `${JSON.stringify(restored)}\n` : `${events} events and ${runs} runs in ${file}${kept}\n`,
    );
    return EXIT.passed;
  },
};
