import type { Instant } from "../core/clock.ts";
import { isoTime } from "../core/iso-time.ts";
import type { FaultName } from "./fault-kind.ts";

/** One command as the simulator saw it. Never holds contents, keys or tokens. */
export type CommandEntry = {
  readonly slot: number;
  /** When the command was complete, ms since 1970. */
  readonly at: Instant;
  /** The command without its contents: name, and for credentials operation, tag and type. */
  readonly command: string;
  /** The final result line, or `none` when no answer was sent. */
  readonly result: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** What the simulator was told to wait, in ms: the bytes in, the modem's work, a fault, the bytes out. */
  readonly wireIn: number;
  readonly work: number;
  readonly fault: number;
  readonly wireOut: number;
  /** What really passed from the complete command to the answer, in ms; a little more, as timers are coarse. */
  readonly elapsed: number;
  readonly struck?: FaultName;
};

/** Totals of one unit; times in ms. `waited` is what an ideal host would have spent on this modem. */
export type WaitTotals = {
  readonly slot: number;
  readonly commands: number;
  readonly faults: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly wireIn: number;
  readonly work: number;
  readonly fault: number;
  readonly wireOut: number;
  readonly waited: number;
  readonly elapsed: number;
};

/** Totals before the first command. */
export function noWaits(slot: number): WaitTotals {
  const times = { wireIn: 0, work: 0, fault: 0, wireOut: 0, waited: 0, elapsed: 0 };
  return { slot, commands: 0, faults: 0, bytesIn: 0, bytesOut: 0, ...times };
}

/** The totals with one more command. */
export function addWait(totals: WaitTotals, entry: CommandEntry): WaitTotals {
  return {
    slot: totals.slot,
    commands: totals.commands + 1,
    faults: totals.faults + (entry.struck === undefined ? 0 : 1),
    bytesIn: totals.bytesIn + entry.bytesIn,
    bytesOut: totals.bytesOut + entry.bytesOut,
    wireIn: totals.wireIn + entry.wireIn,
    work: totals.work + entry.work,
    fault: totals.fault + entry.fault,
    wireOut: totals.wireOut + entry.wireOut,
    waited: totals.waited + entry.wireIn + entry.work + entry.fault + entry.wireOut,
    elapsed: totals.elapsed + entry.elapsed,
  };
}

/** The entry as one line of a JSON Lines file, times rounded to microseconds. */
export function commandLine(entry: CommandEntry): string {
  return line({ kind: "command", ...entry, at: isoTime(entry.at) });
}

/** The totals as one line of a JSON Lines file. */
export function totalsLine(totals: WaitTotals): string {
  return line({ kind: "totals", ...totals });
}

/** The command with its contents left out: they may be secret. */
export function shownCommand(command: string): string {
  const [head = ""] = /^AT([+%#][A-Z0-9]+)?(\?|=\?|E[01]?)?/i.exec(command.trim()) ?? [];
  const [credential] = /^AT%(CMNG|KEYGEN)=[0-9]{1,10}(,[0-9]{1,10}){0,2}/i.exec(command.trim()) ?? [];
  const [mode] = /^AT\+(CFUN|CMEE)=[0-9]{1,3}$/i.exec(command.trim()) ?? [];
  const shown = credential ?? mode ?? head;
  if (shown.length === command.trim().length) return shown;
  return `${shown}… (${command.length} characters)`;
}

function line(value: object): string {
  return `${JSON.stringify(value, (_key, one: unknown) => (typeof one === "number" ? Math.round(one * 1000) / 1000 : one))}\n`;
}
