import { StationError } from "../../core/error.ts";
import type { AtFinal, AtPort, AtReply } from "../../modem/at-port.ts";
import type { AtExchange } from "./library-repeats.ts";

/** What a scripted modem answers: the text of its reply, or the failure of its interface with the text that came before. */
export type ScriptedReply =
  { readonly text: string; readonly final?: AtFinal } | { readonly errno: number; readonly buffered?: string };

/** A modem that answers by a script and keeps its functional mode and error report mode; everything else is OK. */
export class ScriptedModem implements AtPort {
  readonly exchanges: AtExchange[] = [];
  readonly #reply: (command: string) => ScriptedReply | undefined;
  cfun: number;
  cmee: number;

  /** @param reply the script; undefined for what the modem answers by its state */
  constructor(
    state: { readonly cfun: number; readonly cmee: number },
    reply: (command: string) => ScriptedReply | undefined,
  ) {
    this.cfun = state.cfun;
    this.cmee = state.cmee;
    this.#reply = reply;
  }

  send(command: string): Promise<AtReply> {
    const reply = this.#reply(command) ?? { text: this.#byState(command) };
    this.exchanges.push({ sent: command, reply: "text" in reply ? reply.text : undefined });
    if ("text" in reply) return Promise.resolve(replyOf(reply.text, reply.final));
    const facts = { errno: reply.errno, ...(reply.buffered === undefined ? {} : { buffered: reply.buffered }) };
    return Promise.reject(new StationError("at.silent", "the scripted modem's interface failed", facts));
  }

  #byState(command: string): string {
    const set = /^AT\+CMEE=([01])$/.exec(command);
    if (set !== null) this.cmee = Number(set[1]);
    if (command === "AT+CMEE?") return `+CMEE: ${this.cmee}\r\nOK\r\n`;
    if (command === "AT+CFUN?") return `+CFUN: ${this.cfun}\r\nOK\r\n`;
    return "OK\r\n";
  }
}

/** A reply text as the AT engine hands it over; the final result is read from the text unless given. */
export function replyOf(text: string, final: AtFinal = finalOf(text)): AtReply {
  const lines = text.split("\r\n").slice(0, -1);
  return { final, lines: lines.slice(0, -1), text };
}

function finalOf(text: string): AtFinal {
  const last = text.split("\r\n").at(-2) ?? "";
  const coded = /^\+(CME|CMS) ERROR: (\d+)$/.exec(last);
  if (coded !== null) return { kind: coded[1] === "CMS" ? "cms" : "cme", code: Number(coded[2]) };
  return last === "ERROR" ? { kind: "error" } : { kind: "ok" };
}
