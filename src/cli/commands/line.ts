import { StationError } from "../../core/error.ts";
import type { Arguments, CliCommand, CommandContext, ExitCode } from "../command.ts";

type Task = { run(args: Arguments, context: CommandContext): Promise<ExitCode> };

/** What can be done with a line; loaded when called, as nothing else of the program needs NATS. */
const TASKS: Readonly<Record<string, () => Promise<Task>>> = {
  setup: () => import("../on-line/set-up.ts"),
  status: () => import("../on-line/status.ts"),
};

/** `station line`: what stations share on a JetStream cluster. */
export const lineCommand: CliCommand = {
  name: "line",
  summary: "stations that share a line: sets it up, shows it",
  positionals: Object.keys(TASKS).join("|"),
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    line: { kind: "value", value: "FILE", help: "the line file" },
    replicas: { kind: "value", value: "N", help: "setup: on how many servers everything is kept: 1 (default), 3 or 5" },
    "keep-days": {
      kind: "value",
      value: "N",
      help: "setup: how long events and results are kept (default 0: for ever)",
    },
    json: { kind: "flag", help: "prints JSON" },
  },
  async run(args, context) {
    const [name = ""] = args.positionals;
    const load = Object.entries(TASKS).find(([known]) => known === name)?.[1];
    if (load === undefined)
      throw new StationError("usage.option", `line takes ${Object.keys(TASKS).join(", ")}`, {
        given: name.slice(0, 40),
      });
    return (await load()).run(args, context);
  },
};
