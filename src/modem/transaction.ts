import type { ErrorCode } from "../core/error-codes.ts";
import type { Duration } from "../core/duration.ts";
import { lasting, quantity, type Facts } from "../core/fact.ts";
import { meaningOf, replyPrefixes } from "./at-line.ts";
import type { AtFinal, AtReply } from "./at-port.ts";
import { LINE_LIMIT } from "./line-splitter.ts";

/** The longest answer in characters; a full list of credentials is a quarter of it. */
const ANSWER_LIMIT = LINE_LIMIT;
/** The shortest piece of a wrapped echo that is taken for one; terminals wrap at 80 columns. */
const ECHO_PIECE = 16;

/** Lines as a chain, newest first, so that adding one is cheap however many there are. */
type Chain = { readonly line: string; readonly before: Chain | undefined };

type Waiting = {
  readonly at: "waiting";
  readonly prefixes: readonly string[];
  /** What may still come back as echo, without white space. */
  readonly echo: string;
  readonly info: Chain | undefined;
  readonly size: number;
};

/** One AT command between its sending and its end. */
export type TxState =
  | Waiting
  | { readonly at: "done"; readonly reply: AtReply }
  | { readonly at: "failed"; readonly code: ErrorCode; readonly what: string; readonly facts: Facts };

/** What can happen to it. */
export type TxInput =
  | { readonly kind: "echo"; readonly rest: string }
  | { readonly kind: "info"; readonly text: string }
  | { readonly kind: "final"; readonly text: string; readonly final: AtFinal }
  | { readonly kind: "refused"; readonly mode: "unknown-command" | "not-sent" }
  | { readonly kind: "boot" }
  | { readonly kind: "overflow" }
  | { readonly kind: "timeout"; readonly limit: Duration };

/** What a line is for the transaction: an input of it, a notification for others, or nothing. */
export type LineReading = TxInput | { readonly kind: "unsolicited" } | { readonly kind: "noise" };

/**
 * A transaction that has just been sent.
 * @param command the AT command, without line end
 * @param typed what went over the wire (the same, or `at '…'`), whose echo is dropped
 */
export function beginTx(command: string, typed: string): TxState {
  return { at: "waiting", prefixes: replyPrefixes(command), echo: squeeze(typed), info: undefined, size: 0 };
}

/** Reads a cleaned line in the light of the transaction; lines after its end belong to nobody and are noise or notifications. */
export function readLine(state: TxState, text: string): LineReading {
  if (state.at !== "waiting")
    return meaningOf(text, []).kind === "unsolicited" ? { kind: "unsolicited" } : { kind: "noise" };
  const rest = echoRest(state, text);
  if (rest !== undefined) return { kind: "echo", rest };
  const meaning = meaningOf(text, state.prefixes);
  if (meaning.kind === "info") return { kind: "info", text };
  if (meaning.kind === "final") return { kind: "final", text: text.trim(), final: meaning.final };
  return meaning;
}

/** The transaction's next state: no port, no timer; late input can never reopen it. */
export function nextTx(state: TxState, input: TxInput): TxState {
  if (state.at !== "waiting") return state;
  switch (input.kind) {
    case "echo":
      return { ...state, echo: input.rest };
    case "info":
      return withInfo(state, input.text);
    case "final":
      return { at: "done", reply: replyOf(state, input.text, input.final) };
    case "refused":
      return input.mode === "unknown-command"
        ? failed("at.wrong-mode", "the port is a shell, not a plain AT port, or its shell has no such command")
        : failed("at.shell-failed", "the board's shell could not send the command to the modem");
    case "boot":
      return failed("at.rebooted", "the board restarted before the modem answered");
    case "overflow":
      return failed("at.overflow", "the answer is too long", { limit: quantity(ANSWER_LIMIT, "characters") });
    case "timeout":
      return failed("at.timeout", "no final result", { limit: lasting(input.limit) });
  }
}

function failed(code: ErrorCode, what: string, facts: Facts = {}): TxState {
  return { at: "failed", code, what, facts };
}

function withInfo(state: Waiting, text: string): TxState {
  const size = state.size + text.length + 2;
  if (size > ANSWER_LIMIT) return nextTx(state, { kind: "overflow" });
  return { ...state, echo: "", info: { line: text, before: state.info }, size };
}

function replyOf(state: Waiting, finalLine: string, final: AtFinal): AtReply {
  const lines: string[] = [];
  for (let link = state.info; link !== undefined; link = link.before) lines.push(link.line);
  lines.reverse();
  return { final, lines, text: [...lines, finalLine, ""].join("\r\n") };
}

/** What is left of the echo when the line is (a wrapped piece of) it; undefined when it is not. */
function echoRest(state: Waiting, line: string): string | undefined {
  if (state.echo === "") return undefined;
  const piece = squeeze(line);
  if (!state.echo.startsWith(piece)) return undefined;
  return piece.length === state.echo.length || piece.length >= ECHO_PIECE ? state.echo.slice(piece.length) : undefined;
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, "");
}
