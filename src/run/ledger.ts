import type { Sha256 } from "../core/digest.ts";
import { encodeWireText } from "../core/wire-text.ts";
import type { AtCommand, Command, CommandResponse } from "../provisioning/command.ts";
import { credentialEffect, samePlace, type CredentialEffect, type CredentialPlace } from "./credential-command.ts";
import { keygenAnswer } from "./keygen-answer.ts";

/** How a command ended, for the record: `none` where the library makes no response. */
export type CommandResult = "ok" | "ignored-error" | "error" | "none";

/** A credential that the modem must hold now. Digests are lower-case hex; absent where nobody outside the modem knows one. */
export type HeldCredential = CredentialPlace & {
  /** Of the content exactly as it was sent; of a key that the modem made: of the DER that it answered, as its token says. */
  readonly sha256?: string;
  /** Of the content as an AT shell hands it on: each line end CR LF (protocol.md 11). */
  readonly shellSha256?: string;
  /** Of the content with LF line ends and none at the end: the same for all spellings of a PEM text. */
  readonly looseSha256?: string;
  /** Of the same content with other line ends and other ends: count as well where nobody knows how it was spelled on its way. */
  readonly spellings?: readonly string[];
  /**
   * The modem may keep it in another form than the digests are of (a key that it made, a key that it decrypted): an equal
   * digest proves it, another one proves nothing.
   */
  readonly otherForm?: true;
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
  /** SHA-256 of the DER that a key generation answered, as it came. */
  readonly made?: string;
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
    const credential = command.kind === "at" && done ? this.#apply(command, response) : undefined;
    const made = command.kind === "at" && done ? madeBy(command, response, this.#sha256) : undefined;
    this.#executed.push({
      id: command.id,
      kind: command.kind,
      name: command.kind === "at" ? command.command.toUpperCase() : "",
      parametersSha256: command.kind === "at" ? this.#sha256(encodeWireText(command.parameters)) : "",
      result,
      ...(credential === undefined ? {} : { credential }),
      ...(made === undefined ? {} : { made }),
    });
    return result;
  }

  #apply({ command, parameters }: AtCommand, response: CommandResponse | undefined): HeldCredential | undefined {
    const effect = credentialEffect(command, parameters);
    if (effect === undefined) return undefined;
    if (effect.kind === "reset") {
      this.#held = [];
      return undefined;
    }
    const others = this.#held.filter((held) => !samePlace(held, effect.place));
    const made = effect.kind === "delete" ? undefined : heldAfter(effect, response, this.#sha256);
    this.#held = made === undefined ? others : [...others, made];
    return made;
  }
}

function madeBy(command: AtCommand, response: CommandResponse | undefined, sha256: Sha256): string | undefined {
  if (command.command.toUpperCase() !== "%KEYGEN" || response?.kind !== "at") return undefined;
  const token = keygenAnswer(response.message);
  return token === undefined ? undefined : sha256(token.der);
}

type Filling = Extract<CredentialEffect, { kind: "write" | "generate" }>;

/** The credential that is there after a command has filled its place. */
export function heldAfter(effect: Filling, response: CommandResponse | undefined, sha256: Sha256): HeldCredential {
  if (effect.kind === "write") {
    const held = { ...effect.place, ...contentDigests(effect.content, sha256) };
    return effect.encrypted ? { ...held, otherForm: true } : held;
  }
  const made = response?.kind === "at" ? keygenAnswer(response.message)?.sha256 : undefined;
  return { ...effect.place, ...(made === undefined ? {} : { sha256: made }), otherForm: true };
}

/** The three digests of a {@link HeldCredential} whose content is known. */
export type ContentDigests = Required<Pick<HeldCredential, "sha256" | "shellSha256" | "looseSha256">>;

/** The three digests of a content by which it is recognised. */
export function contentDigests(content: string, sha256: Sha256): ContentDigests {
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
