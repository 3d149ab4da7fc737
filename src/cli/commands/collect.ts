import type { CliCommand } from "../command.ts";

/** `station collect`: brings the events of every station of a line into a central database. */
export const collectCommand: CliCommand = {
  name: "collect",
  summary: "brings the events of every station of a line into a central database, and checks their chains",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    line: { kind: "value", value: "FILE", help: "the line file; needed to collect" },
    sqlite: { kind: "value", value: "FILE", help: "the central database as a file of SQLite" },
    database: {
      kind: "value",
      value: "FILE",
      help: "a file with the address postgres://user:password@host/name; default: environment STATION_CENTRAL",
    },
    once: { kind: "flag", help: "ends once everything is collected that the line had at the start" },
    status: { kind: "flag", help: "prints what is known of each station and what did not fit; collects nothing" },
    settle: {
      kind: "value",
      value: "ID",
      help: "settles an open finding, or all of a station; with --operator and --reason",
    },
    operator: { kind: "value", value: "NAME", help: "settle: who has looked into it" },
    reason: { kind: "value", value: "TEXT", help: "settle: why it does not count any longer" },
    verify: { kind: "flag", help: "checks every row of the central database anew; collects nothing" },
    json: { kind: "flag", help: "prints JSON Lines, or one object with --status, --settle and --verify" },
  },
  // Loaded here: no other command needs NATS and PostgreSQL.
  run: async (args, context) => (await import("../on-line/collect/collect.ts")).run(args, context),
};
