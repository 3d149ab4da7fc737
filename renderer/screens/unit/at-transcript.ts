import type { Phase } from "../../../src/contract/common.ts";
import type { RunEvent } from "../../../src/contract/run-event.ts";
import { beginOf, zeroOf } from "./run-clock.ts";

/** One question to the modem and its answer, as the record holds them (secrets already replaced). */
export type Exchange = {
  readonly key: number;
  readonly phase: Phase | undefined;
  /** A command of the provisioning service, not one of the station's own questions. */
  readonly provisioning: boolean;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Empty where the station itself found a fault: `reply` then says which. */
  readonly command: string;
  /** Lines of the answer without empty ones. */
  readonly reply: readonly string[];
  /** `refused`: answered with an error that the run could bear; `failed`: that ended the commands; `open`: never answered. */
  readonly state: "ok" | "refused" | "failed" | "open";
};

/** What was said between station and modem, in the order of the record. */
export function transcriptOf(events: readonly RunEvent[]): readonly Exchange[] {
  const zero = zeroOf(events);
  const answered = new Set(events.flatMap((event) => (event.type === "command.concluded" ? [event.command.id] : [])));
  const exchanges: Exchange[] = [];
  let phase: Phase | undefined;
  for (const event of events) {
    if (event.type === "phase.started") phase = event.phase;
    else if (event.type === "at.exchange") exchanges.push(asked(event, phase, zero));
    else if (event.type === "command.concluded" && event.command.kind === "at")
      exchanges.push(concluded(event, phase, zero));
    else if (event.type === "command.announced" && event.command.kind === "at" && !answered.has(event.command.id))
      exchanges.push(open(event, phase, zero));
    else if (event.type === "phase.finished" && event.result === "failed" && !refusedIn(exchanges, event.phase))
      exchanges.push(...faultOf(event, zero));
  }
  return exchanges;
}

/** What the transcript is narrowed to. */
export type TranscriptFilter = { readonly text: string; readonly provisioningOnly: boolean };

/** The exchanges whose command or answer contains the text, whatever its case. */
export function filterTranscript(exchanges: readonly Exchange[], filter: TranscriptFilter): readonly Exchange[] {
  const text = filter.text.trim().toLowerCase();
  return exchanges.filter(
    ({ command, reply, provisioning }) =>
      (provisioning || !filter.provisioningOnly) &&
      (text === "" || [command, ...reply].some((line) => line.toLowerCase().includes(text))),
  );
}

type Of<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

function asked(event: Of<"at.exchange">, phase: Phase | undefined, zero: number): Exchange {
  const reply = linesOf(event.reply);
  const refused = /^(?:ERROR|\+CM[ES] ERROR)/.test(reply.at(-1) ?? "");
  const state = refused ? "refused" : "ok";
  return { ...placeOf(event, zero), phase, provisioning: false, command: event.command, reply, state };
}

function concluded(event: Of<"command.concluded">, phase: Phase | undefined, zero: number): Exchange {
  const state = event.result === "error" ? "failed" : event.result === "ignored-error" ? "refused" : "ok";
  const command = `AT${event.command.text}`;
  return { ...placeOf(event, zero), phase, provisioning: true, command, reply: linesOf(event.reply), state };
}

function open(event: Of<"command.announced">, phase: Phase | undefined, zero: number): Exchange {
  const command = `AT${event.command.text}`;
  const place = placeOf({ ...event, elapsedMs: 0 }, zero);
  return { ...place, phase, provisioning: true, command, reply: [], state: "open" };
}

/** Whether the phase holds a command that ended it: then nothing is left to say about its failure. */
function refusedIn(exchanges: readonly Exchange[], phase: Phase): boolean {
  return exchanges.some((exchange) => exchange.phase === phase && exchange.state === "failed");
}

function faultOf(event: Of<"phase.finished">, zero: number): readonly Exchange[] {
  if (event.error === undefined) return [];
  const place = placeOf({ ...event, elapsedMs: 0 }, zero);
  const { phase, error } = event;
  return [{ ...place, phase, provisioning: true, command: "", reply: [error.what], state: "failed" }];
}

function placeOf(event: { readonly seq: number; readonly at: string; readonly elapsedMs: number }, zero: number) {
  const fromMs = beginOf(event, zero);
  return { key: event.seq, fromMs, untilMs: fromMs + event.elapsedMs };
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
}
