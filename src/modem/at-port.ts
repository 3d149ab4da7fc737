import type { Duration } from "../core/duration.ts";

/** How a modem ended a command: OK, an error with or without a code. */
export type AtFinal =
  | { readonly kind: "ok" }
  | { readonly kind: "error" }
  | { readonly kind: "cme"; readonly code: number }
  | { readonly kind: "cms"; readonly code: number };

/** A modem's complete answer to one command. */
export type AtReply = {
  readonly final: AtFinal;
  /** The information lines, without line ends; a quoted value that spans lines stays one element, its line ends kept. */
  readonly lines: readonly string[];
  /**
   * The answer as the provisioning protocol reports it (protocol.md 4.5): information lines each ended by CR LF, then the
   * final result line ended by CR LF; no echo, no leading line end. Wire text (core/wire-text.ts).
   */
  readonly text: string;
};

/** Options of one command. */
export type AtOptions = {
  /** How long to wait for the final result; default: the command table's limit (at.md 1, Timing). */
  readonly limit?: Duration;
  readonly signal?: AbortSignal;
};

/** One modem that takes one AT command at a time. */
export interface AtPort {
  /**
   * Sends one command and waits for its final result; an error result of the modem is an answer, not an exception.
   * @param command the whole command, `AT` included, without line end; wire text
   * @throws StationError at.* when no answer came or it could not be read, link.* when the link failed
   */
  send(command: string, options?: AtOptions): Promise<AtReply>;
}
