import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { FAULT_KINDS, isFaultName, type FaultArgument, type FaultName } from "./fault-kind.ts";
import { FAULT_MOMENTS, type Moment, type MomentName } from "./fault-moment.ts";

/** A fault on order: which slot, what, when, how often. */
export type FaultOrder = {
  /** 1 is the first simulated unit. */
  readonly slot: number;
  readonly kind: FaultName;
  readonly moment: Moment;
  /** How often it strikes; may be infinite. */
  readonly times: number;
  /** The kind's number: milliseconds or a CME code; 0 where the kind has none. */
  readonly argument: number;
};

const SHAPE = /^([0-9]{1,5})=([a-z-]+)(?::([0-9]{1,7}))?(?:@(\/.*\/|[a-z]+))?(?:\*([0-9]{1,6}))?$/s;
const LONGEST = 200;

/**
 * Parses `SLOT=KIND[:NUMBER][@MOMENT][*TIMES]`, for example `3=keygen-fail`, `2=slow:1000`, `4=mute@/^AT%JWT/*2`.
 * MOMENT is a name of FAULT_MOMENTS or a pattern between slashes, tried on the command without regard to case.
 * @throws StationError simulator.bad-fault naming the part that is wrong and what it may be
 */
export function parseFault(text: string): FaultOrder {
  if (text.length > LONGEST)
    bad(text.slice(0, 40), "longer than the limit", { limit: quantity(LONGEST, "characters") });
  const match = SHAPE.exec(text);
  if (match === null) return bad(text, "not of the form SLOT=KIND[:NUMBER][@MOMENT][*TIMES]");
  const [, slot, kind = "", number, moment, times] = match;
  if (Number(slot) < 1) return bad(text, "the slot must be 1 or more");
  if (!isFaultName(kind)) return bad(text, "unknown kind", { kind, kinds: Object.keys(FAULT_KINDS).join(" ") });
  const entry = FAULT_KINDS[kind];
  if (times === "0" || (times !== undefined && Number(times) < 1))
    return bad(text, "the fault must strike at least once");
  return {
    slot: Number(slot),
    kind,
    moment: momentOf(text, moment, entry.moment),
    times: times === undefined ? entry.times : Number(times),
    argument: argumentOf(text, number, entry.argument),
  };
}

/**
 * Passes when every fault is for one of the first `units` slots.
 * @throws StationError simulator.bad-fault
 */
export function assertSimulated(faults: readonly FaultOrder[], units: number): void {
  const beyond = faults.find((fault) => fault.slot > units);
  if (beyond === undefined) return;
  const facts = { slot: beyond.slot, kind: beyond.kind, units };
  throw new StationError("simulator.bad-fault", "the fault's slot is not simulated", facts);
}

function momentOf(text: string, given: string | undefined, usual: MomentName): Moment {
  if (given === undefined) return { name: usual };
  // A board that is made differently is so from its start; a command that goes wrong needs a command.
  if (usual === "start" && given !== "start") return bad(text, "this kind cannot strike later than at the start");
  if (usual !== "start" && given === "start") return bad(text, "this kind strikes commands, not the start");
  if (given.startsWith("/")) return { pattern: patternOf(text, given.slice(1, -1)) };
  if (isMomentName(given)) return { name: given };
  return bad(text, "unknown moment", { moment: given, moments: Object.keys(FAULT_MOMENTS).join(" ") });
}

function argumentOf(text: string, given: string | undefined, argument: FaultArgument | undefined): number {
  if (argument === undefined) return given === undefined ? 0 : bad(text, "this kind takes no number");
  const value = given === undefined ? argument.usual : Number(given);
  if (value >= argument.least && value <= argument.most) return value;
  return bad(text, "number out of range", { what: argument.what, least: argument.least, most: argument.most });
}

function patternOf(text: string, source: string): RegExp {
  try {
    return new RegExp(source, "i");
  } catch (cause) {
    throw new StationError("simulator.bad-fault", "the moment is no valid pattern", { fault: text }, { cause });
  }
}

function isMomentName(text: string): text is MomentName {
  return Object.hasOwn(FAULT_MOMENTS, text);
}

function bad(text: string, what: string, facts: ConstructorParameters<typeof StationError>[2] = {}): never {
  throw new StationError("simulator.bad-fault", what, { fault: text, ...facts });
}
