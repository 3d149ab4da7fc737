import { resolve } from "node:path";
import { OWNER_ROLES } from "../../contract/owner-api.ts";
import { StationError } from "../../core/error.ts";
import { withOwnerKeys } from "../../service/key-ring.ts";
import type { NamedKey } from "../../service/owner-key.ts";
import { oneOf, required } from "../arguments.ts";
import { EXIT, type Arguments, type CliCommand } from "../command.ts";

const ACTIONS = ["add", "list", "remove"] as const;
const LONGEST_NAME = 64;

/** `station service-key`: API keys of the embedded service beside the one that it makes itself. */
export const serviceKeyCommand: CliCommand = {
  name: "service-key",
  summary: "makes, lists and takes away API keys of the embedded service while it is stopped",
  positionals: "add|list|remove",
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    dir: { kind: "value", value: "DIR", help: "folder of the service; made when missing" },
    name: { kind: "value", value: "NAME", help: "what the key is called (add, remove)" },
    role: { kind: "value", value: "ROLE", help: `${OWNER_ROLES.join(", ")}: viewers only read (add; default editor)` },
    team: { kind: "value", value: "TEAM", help: "whose key it is; a new name makes a new team (add; default default)" },
    json: { kind: "flag", help: "prints one JSON object" },
  },
  run(args, context) {
    const action = ACTIONS.find((known) => known === args.positionals[0]);
    if (action === undefined)
      throw new StationError("usage.option", `expected ${ACTIONS.join(", ")}`, {
        given: (args.positionals[0] ?? "").slice(0, 40),
      });
    const directory = resolve(required(args, "dir"));
    const { told, text } = withOwnerKeys(directory, context.clock, (keys) => {
      if (action === "list") {
        const list = keys.list();
        return { told: { keys: list }, text: list.map(lineOf).join("") };
      }
      const name = nameOf(args, "name", required(args, "name"));
      if (action === "remove") {
        keys.remove(name);
        return { told: { removed: name }, text: `removed ${name}\n` };
      }
      const role = oneOf(args, "role", OWNER_ROLES, "editor");
      const team = nameOf(args, "team", args.value("team") ?? "default");
      const key = keys.add(name, role, team).reveal();
      return { told: { name, role, team, key }, text: `${key}\n` };
    });
    context.out(args.flag("json") ? `${JSON.stringify(told)}\n` : text);
    return Promise.resolve(EXIT.passed);
  },
};

function lineOf({ name, role, team, createdAt }: NamedKey): string {
  return `${name}\t${role}\t${team}\t${createdAt}\n`;
}

function nameOf(args: Arguments, option: string, text: string): string {
  if (text.length <= LONGEST_NAME && /^[^\p{Cc}]+$/u.test(text)) return text;
  throw new StationError("usage.option", `--${option} must be a name without control characters`, {
    given: (args.value(option) ?? "").slice(0, 40),
    longest: LONGEST_NAME,
  });
}
