import type { RunEventBody } from "../contract/run-event.ts";
import type { ErrorCause, ErrorReport } from "../core/error.ts";
import type { Fact, Facts } from "../core/fact.ts";

// The bounds of contract/run-event.ts and contract/common.ts. Texts of modems and services are cut to them, as an event that
// the core must refuse would end the run.
const REMOTE_TEXT = 8192;
const FACT_TEXT = 4096;
const FACT_NAME = 64;
const SENTENCE = 1024;
const NOTE = 512;
const CODE = 128;
const SETTING_KEY = 128;
const SETTING_VALUE = 512;
const STATUS = 64;
const COMMANDS = 200;

/** The event with every text of foreign origin cut to the contract's bounds and made printable. */
export function boundedBody(body: RunEventBody): RunEventBody {
  switch (body.type) {
    case "phase.finished":
    case "run.finished":
      return body.error === undefined ? body : { ...body, error: boundedReport(body.error) };
    case "client.event":
      return { ...body, name: cut(body.name, FACT_NAME), facts: boundedFacts(body.facts) };
    case "command.announced":
      return { ...body, command: boundedCommand(body.command) };
    case "command.concluded":
      return { ...body, command: boundedCommand(body.command), reply: cut(body.reply, REMOTE_TEXT) };
    case "claim.concluded":
      return body.error === undefined ? body : { ...body, error: boundedReport(body.error) };
    case "queue.announced":
      return { ...body, commands: body.commands.slice(0, COMMANDS).map((text) => cut(text, CODE)) };
    case "queue.concluded":
      return {
        ...{ ...body, ids: body.ids.slice(0, COMMANDS).map((id) => cut(id, CODE)) },
        ...(body.error === undefined ? {} : { error: boundedReport(body.error) }),
      };
    case "queue.settled":
      return { ...body, commands: body.commands.slice(0, COMMANDS).map(boundedState) };
    case "at.exchange":
      return { ...body, command: cut(body.command, REMOTE_TEXT), reply: cut(body.reply, REMOTE_TEXT) };
    case "setting.written":
      return { ...body, key: cut(body.key, SETTING_KEY), value: cut(body.value, SETTING_VALUE) };
    case "artefact.made":
      return body.text === undefined ? body : { ...body, text: cut(body.text, REMOTE_TEXT) };
    case "note":
      return { ...body, text: cut(body.text, NOTE), facts: boundedFacts(body.facts) };
    case "run.started":
    case "phase.started":
    case "unit.identified":
    case "credential.verified":
    case "claim.announced":
    case "token.kept":
    case "certificate.issued":
      return body;
  }
}

/** A text of a modem or service for people: lone surrogates (bytes that are not UTF-8) as `\xNN`, at most `max` characters. */
export function cut(text: string, max: number): string {
  const whole = printable(text.length > max ? text.slice(0, max) : text);
  return whole.length > max || text.length > max ? `${printable(whole.slice(0, max - 1))}…` : whole;
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

function printable(text: string): string {
  return text.replace(LONE_SURROGATE, (found) => {
    const unit = found.charCodeAt(0);
    return unit >= 0xdc80 && unit <= 0xdcff ? `\\x${(unit - 0xdc00).toString(16)}` : "\uFFFD";
  });
}

type CommandFacts = Extract<RunEventBody, { type: "command.announced" }>["command"];

function boundedCommand(command: CommandFacts): CommandFacts {
  return { ...command, id: cut(command.id, CODE), text: cut(command.text, REMOTE_TEXT) };
}

type SettledCommand = Extract<RunEventBody, { type: "queue.settled" }>["commands"][number];

function boundedState({ id, status }: SettledCommand): SettledCommand {
  return { id: cut(id, CODE), status: cut(status, STATUS) };
}

/** The report with its texts cut; used for every error that leaves a worker. */
export function boundedReport(report: ErrorReport): ErrorReport {
  const { code, what, facts, advice, cause } = report;
  const own = { code, what: cut(what, SENTENCE), facts: boundedFacts(facts), advice };
  return cause === undefined ? own : { ...own, cause: boundedCause(cause) };
}

function boundedCause(cause: ErrorCause): ErrorCause {
  const { code, what, facts, cause: next } = cause;
  const own = { code: cut(code, CODE), what: cut(what, SENTENCE), facts: boundedFacts(facts) };
  return next === undefined ? own : { ...own, cause: boundedCause(next) };
}

function boundedFacts(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [cut(name, FACT_NAME), boundedFact(fact)]));
}

function boundedFact(fact: Fact): Fact {
  if (typeof fact === "string") return cut(fact, FACT_TEXT);
  if (typeof fact === "number") return Number.isFinite(fact) ? fact : null;
  if (typeof fact !== "object" || fact === null) return fact;
  return Number.isFinite(fact.value) ? fact : null;
}
