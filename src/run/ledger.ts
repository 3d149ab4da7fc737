import type { Sha256 } from "../core/digest.ts";
import { encodeWireText } from "../core/wire-text.ts";
import type { Command, CommandResponse } from "../provisioning/command.ts";
import { credentialEffect, samePlace, type CredentialPlace } from "./credential-command.ts";

/** How a command ended, for the record: `none` where the library makes no response. */
export type CommandResult = "ok" | "ignored-error" | "error" | "none";

/** A credential that the modem must hold now. Digests are lower-case hex; absent for keys that the modem made. */
export type HeldCredential = CredentialPlace & {
  /** Of the content exactly as the service sent it. */
  readonly sha256?: string;
  /** Of the content as an AT shell hands it on: each line end CR LF (protocol.md 11). */
  readonly shellSha256?: string;
  /** Of the content with LF line ends and none at the end: the same for all spellings of a PEM text. */
  readonly looseSha256?: string;
};

/** A command that was tried, without anything secret. */
export type ExecutedCommand = {
  readonly id: string;
  readonly kind: Command["kind"];
  /** Name of an AT command in capitals. */
  readonly name: string;
  /** SHA-256 of an AT command's parameters. */
  readonly parametersSha256: string;
  readonly result: CommandResult;
  /** The credential that it wrote or made. */
  readonly credential?: HeldCredential;
};

/**
 * What the command lists of one run did to the unit: every command with its result, the credentials and settings that must
 * be there afterwards. Holds digests only, so that nothing secret outlives its command.
 */
export class Ledger {
  readonly #sha256: Sha256;
  readonly #executed: ExecutedCommand[] = [];
  readonly #settings = new Map<string, string>();
  #held: readonly HeldCredential[] = [];

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  get executed(): readonly ExecutedCommand[] {
    return this.#executed;
  }

  /** What the modem must hold after the commands so far. */
  get held(): readonly HeldCredential[] {
    return this.#held;
  }

  /** The settings written so far, the newest value of each key. */
  get settings(): ReadonlyMap<string, string> {
    return this.#settings;
  }

  /** Takes a command that was tried; answers how it ended. */
  take(command: Command, response: CommandResponse | undefined): CommandResult {
    const result = resultOf(command, response);
    const done = result === "ok";
    if (command.kind === "config" && done)
      for (const [key, value] of command.properties) this.#settings.set(key, value);
    const credential = command.kind === "at" && done ? this.#apply(command.command, command.parameters) : undefined;
    this.#executed.push({
      id: command.id,
      kind: command.kind,
      name: command.kind === "at" ? command.command.toUpperCase() : "",
      parametersSha256: command.kind === "at" ? this.#sha256(encodeWireText(command.parameters)) : "",
      result,
      ...(credential === undefined ? {} : { credential }),
    });
    return result;
  }

  #apply(name: string, parameters: string): HeldCredential | undefined {
    const effect = credentialEffect(name, parameters);
    if (effect === undefined) return undefined;
    if (effect.kind === "reset") {
      this.#held = [];
      return undefined;
    }
    const others = this.#held.filter((held) => !samePlace(held, effect.place));
    const made = effect.kind === "delete" ? undefined : this.#credential(effect.place, effect);
    this.#held = made === undefined ? others : [...others, made];
    return made;
  }

  #credential(
    place: CredentialPlace,
    effect: { readonly kind: "generate" } | { readonly kind: "write"; readonly content: string },
  ): HeldCredential {
    return effect.kind === "generate" ? place : { ...place, ...contentDigests(effect.content, this.#sha256) };
  }
}

/** The three digests of a content by which it is recognised. */
export function contentDigests(content: string, sha256: Sha256): Required<Omit<HeldCredential, keyof CredentialPlace>> {
  const digest = (text: string): string => sha256(encodeWireText(text));
  const lines = content.replaceAll(/\r\n?/g, "\n");
  return {
    sha256: digest(content),
    shellSha256: digest(content.replaceAll("\r", "").replaceAll("\n", "\r\n")),
    looseSha256: digest(lines.trim()),
  };
}

function resultOf(command: Command, response: CommandResponse | undefined): CommandResult {
  if (response === undefined) return "none";
  if (response.kind === "error") return "error";
  if (command.kind !== "at" || response.kind !== "at" || /(?:^|\n)OK\r?\n?$/.test(response.message)) return "ok";
  // The library reports errors that the command ignores as results; in strict compatibility plain ERROR and CME 0 too,
  // which are no success here (open-questions.md Q4).
  const code = Number(/\+CM[ES] ERROR: ?(\d{1,10})/.exec(response.message)?.[1] ?? "0");
  return command.ignoreCmeErrors.includes(code) ? "ignored-error" : "error";
}
