import type { RunEventBody } from "../contract/run-event.ts";
import type { Sha256 } from "../core/digest.ts";
import { redactAtCommand, redactAtReply } from "../core/at-redaction.ts";
import { atString } from "../provisioning/at-string.ts";
import type { Command, CommandResponse } from "../provisioning/command.ts";
import type { CommandPlace } from "../provisioning/execution-seam.ts";
import type { CommandResult } from "./ledger.ts";

type Announced = Extract<RunEventBody, { type: "command.announced" }>;
type Concluded = Extract<RunEventBody, { type: "command.concluded" }>;

/** The event of a command before it is sent; nothing secret is in it. */
export function announcedEvent(command: Command, place: CommandPlace, sha256: Sha256): Announced {
  return { type: "command.announced", command: factsOf(command, place, sha256) };
}

/** The event of a command that was tried; nothing secret is in it. */
export function concludedEvent(
  command: Command,
  place: CommandPlace,
  outcome: {
    readonly response: CommandResponse | undefined;
    readonly result: CommandResult;
    readonly elapsedMs: number;
  },
  sha256: Sha256,
): Concluded {
  const { response, result, elapsedMs } = outcome;
  const message = response?.kind === "at" || response?.kind === "error" ? response.message : "";
  const reply = command.kind === "at" ? redactAtReply(atString(command), message, sha256) : message;
  const cme = cmeOf(response, result);
  return {
    type: "command.concluded",
    command: factsOf(command, place, sha256),
    result,
    ...(cme === undefined ? {} : { cme }),
    reply,
    elapsedMs: Math.max(0, elapsedMs),
  };
}

function factsOf(command: Command, { ordinal, total }: CommandPlace, sha256: Sha256): Announced["command"] {
  return { id: command.id, kind: command.kind, text: textOf(command, sha256), ordinal, total };
}

/** `%CMNG 0,16842753,0,"[sha256:… length:…]"`, `config provisioning/interval-sec`, `finished`. */
function textOf(command: Command, sha256: Sha256): string {
  switch (command.kind) {
    case "at":
      return redactAtCommand(atString(command), sha256).replace(/^AT/i, "").replace("=", " ");
    case "config":
      return `config ${command.properties.map(([key]) => key).join(" ")}`.trimEnd();
    case "finished":
      return "finished";
  }
}

function cmeOf(response: CommandResponse | undefined, result: CommandResult): number | undefined {
  if (response?.kind === "error") return response.cme;
  if (response?.kind !== "at" || result !== "ignored-error") return undefined;
  const code = /\+CM[ES] ERROR: ?(\d{1,9})/.exec(response.message)?.[1];
  return code === undefined ? undefined : Number(code);
}
