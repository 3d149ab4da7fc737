import { StationError } from "../../core/error.ts";
import { LINE_OPTIONS } from "../line-order.ts";
import type { Arguments, CliCommand, CommandContext, ExitCode } from "../command.ts";

type Task = { run(args: Arguments, context: CommandContext): Promise<ExitCode> };

/** What can be done with a line; loaded when called, as nothing else of the program needs NATS. */
const TASKS: Readonly<Record<string, () => Promise<Task>>> = {
  setup: () => import("../on-line/set-up.ts"),
  status: () => import("../on-line/status.ts"),
  sync: () => import("../on-line/sync.ts"),
  key: () => import("../on-line/documents/key.ts"),
  publish: () => import("../on-line/documents/publish.ts"),
  withdraw: () => import("../on-line/documents/withdraw.ts"),
  fetch: () => import("../on-line/documents/fetch.ts"),
  documents: () => import("../on-line/documents/documents.ts"),
};

/** What is done with one document, named behind the task. */
const OF_DOCUMENTS = ["publish", "withdraw", "fetch"];

/** `station line`: what stations share on a JetStream cluster. */
export const lineCommand: CliCommand = {
  name: "line",
  summary: "stations that share a line: sets it up, shows it, sends what waits, publishes recipes and fixtures on it",
  positionals: `${Object.keys(TASKS).join("|")} [DOCUMENT]`,
  minPositionals: 1,
  maxPositionals: 2,
  options: {
    line: { kind: "value", value: "FILE", help: "the line file" },
    "line-from": { ...LINE_OPTIONS["line-from"], help: `sync: ${LINE_OPTIONS["line-from"].help}` },
    replicas: { kind: "value", value: "N", help: "setup: on how many servers everything is kept: 1 (default), 3 or 5" },
    "keep-days": {
      kind: "value",
      value: "N",
      help: "setup: how long events and results are kept (default 0: for ever)",
    },
    key: { kind: "value", value: "FILE", help: "key, publish, withdraw: the engineer's private key" },
    "passphrase-env": { kind: "value", value: "VARIABLE", help: "key, publish, withdraw: holds the key's passphrase" },
    revision: { kind: "value", value: "TEXT", help: "publish: the revision of a fixture (default 1)" },
    "own-values": { kind: "flag", help: "publish: each station has its own value file, which is not signed" },
    reason: { kind: "value", value: "TEXT", help: "withdraw: why" },
    copies: {
      kind: "value",
      value: "DIR",
      help: "fetch, documents: where this station's copies are (default: line, beside the line file)",
    },
    files: { kind: "value", value: "DIR", help: "fetch: takes files that stay at stations from this folder" },
    audit: {
      kind: "value",
      value: "FILE",
      help: "sync: the audit database that is sent; fetch: the one that records it",
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
    if (args.positionals.length > 1 && !OF_DOCUMENTS.includes(name))
      throw new StationError("usage.option", `line ${name} takes no document`, {});
    return (await load()).run(args, context);
  },
};
