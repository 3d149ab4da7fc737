import type { CliCommand, OptionSpec } from "./command.ts";

/** The text of `station help`. */
export function overview(commands: readonly CliCommand[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const rows = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    "station: provisions trays of nRF91 modems and keeps the audit record",
    "",
    "usage: station COMMAND [OPTIONS]",
    "",
    ...rows,
    "",
    "`station help COMMAND` shows a command's options. Exit codes: 0 all passed, 1 some failed, 2 usage, 3 station error.",
    "",
  ].join("\n");
}

/** The text of `station help COMMAND`. */
export function commandHelp(command: CliCommand): string {
  const options = Object.entries(command.options).map(([name, spec]) => [optionText(name, spec), spec.help] as const);
  const width = Math.max(0, ...options.map(([text]) => text.length));
  const usage = ["station", command.name, command.positionals, options.length > 0 ? "[OPTIONS]" : ""];
  return [
    command.summary,
    "",
    `usage: ${usage.filter((part) => part !== "").join(" ")}`,
    "",
    ...options.map(([text, help]) => `  ${text.padEnd(width)}  ${help}`),
    "",
  ].join("\n");
}

function optionText(name: string, spec: OptionSpec): string {
  return `--${name}${spec.value === undefined ? "" : ` ${spec.value}`}${spec.kind === "list" ? "…" : ""}`;
}
