import { resolve } from "node:path";
import { beginAnew } from "../../audit/begin-anew.ts";
import { restoreDatabase } from "../../audit/restore.ts";
import { StationError } from "../../core/error.ts";
import { required } from "../arguments.ts";
import { EXIT, type Arguments, type CliCommand, type CommandContext, type ExitCode } from "../command.ts";

/** `station restore`: puts a backup, or nothing, in the place of a database; what was there is kept aside. */
export const restoreCommand: CliCommand = {
  name: "restore",
  summary: "puts a backup, or a new beginning, in the place of a lost or damaged audit database; keeps what was there",
  positionals: "BACKUP",
  minPositionals: 0,
  maxPositionals: 1,
  options: {
    audit: { kind: "value", value: "FILE", help: "the audit database; no station may work with it" },
    new: { kind: "flag", help: "no backup: the next start makes a new database, whose chain tells of it" },
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const { clock, signal } = context;
    const audit = resolve(required(args, "audit"));
    const [backup] = args.positionals;
    if ((backup !== undefined) === args.flag("new"))
      throw new StationError("usage.option", "either a BACKUP or --new must be given", { command: "restore" });
    if (backup === undefined) return putAside(audit, args, context);
    const restored = await restoreDatabase(resolve(backup), audit, { clock, signal });
    const { file, events, runs, aside } = restored;
    const kept = aside === undefined ? "" : `\nwhat was there before is kept in ${aside}`;
    context.out(
      args.flag("json") ? `${JSON.stringify(restored)}\n` : `${events} events and ${runs} runs in ${file}${kept}\n`,
    );
    return EXIT.passed;
  },
};

async function putAside(file: string, args: Arguments, context: CommandContext): Promise<ExitCode> {
  const aside = await beginAnew(file, context);
  const text = `the next start begins a new record in ${file}\nwhat was there before is kept in ${aside}`;
  context.out(args.flag("json") ? `${JSON.stringify({ file, aside })}\n` : `${text}\n`);
  return EXIT.passed;
}
