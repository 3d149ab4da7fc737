import type { SlotId } from "../core/ids.ts";
import { seconds, type Duration } from "../core/duration.ts";

/** How long a port must be there before its board counts as plugged in: USB settles. */
export const SETTLING: Duration = seconds(1.5);

/** What is at a slot's port. */
export type Plug =
  | { readonly at: "out" }
  /** `port` has been there since `since` (ms on the clock that never jumps); it still settles. */
  | { readonly at: "settling"; readonly port: string; readonly since: number; readonly fresh: boolean }
  /** `fresh`: it came while armed, and no run has started with it since. */
  | { readonly at: "in"; readonly port: string; readonly fresh: boolean };

/** What is plugged in where, and whether that starts runs. Slots that nobody has seen yet are not in `plugs`. */
export type Insertions = {
  readonly armed: boolean;
  readonly plugs: ReadonlyMap<SlotId, Plug>;
};

export const NOTHING_SEEN: Insertions = { armed: false, plugs: new Map() };

/** What happens around the slots. */
export type InsertionInput =
  /** A look at the ports: what is at each slot whose port can be seen; a port by what identifies it. */
  | { readonly kind: "seen"; readonly at: number; readonly ports: ReadonlyMap<SlotId, string | undefined> }
  /** Other boards were laid into slots whose ports cannot be seen. */
  | { readonly kind: "renewed"; readonly at: number; readonly slots: readonly SlotId[]; readonly board: string }
  /** Time passes. */
  | { readonly kind: "tick"; readonly at: number; readonly running: ReadonlySet<SlotId> }
  /** Runs start here, whoever started them: these insertions are used. */
  | { readonly kind: "used"; readonly slots: readonly SlotId[] }
  | { readonly kind: "arm" }
  | { readonly kind: "disarm" };

/**
 * The insertions after something happened. An insertion starts one run at most, and only when it was made while armed: what
 * lay in the tray before, what settled during a run of its slot, and what a person started is not fresh.
 */
export function nextInsertions(before: Insertions, input: InsertionInput): Insertions {
  switch (input.kind) {
    case "arm":
      return before.armed ? before : { ...before, armed: true };
    case "disarm":
      return { armed: false, plugs: mapPlugs(before.plugs, (_slot, plug) => used(plug)) };
    case "used": {
      const slots = new Set(input.slots);
      return { ...before, plugs: mapPlugs(before.plugs, (slot, plug) => (slots.has(slot) ? used(plug) : plug)) };
    }
    case "seen":
      return { ...before, plugs: seen(before, input.ports, input.at) };
    case "renewed": {
      const { board: port, at: since } = input;
      const plug: Plug = { at: "settling", port, since, fresh: before.armed };
      return { ...before, plugs: new Map([...before.plugs, ...input.slots.map((slot) => [slot, plug] as const)]) };
    }
    case "tick":
      return { ...before, plugs: mapPlugs(before.plugs, (slot, plug) => settled(plug, slot, input)) };
  }
}

/** What to do with the fresh boards: start them, or have their serial scanned first. In the order of `slots`. */
export function decideInsertions(
  { armed, plugs }: Insertions,
  { slots, running, serials, needsSerial }: InsertionContext,
): { readonly start: readonly SlotId[]; readonly waiting: readonly SlotId[] } {
  const fresh = slots.filter((slot) => {
    const plug = plugs.get(slot);
    return armed && plug?.at === "in" && plug.fresh && !running.has(slot);
  });
  const ready = (slot: SlotId): boolean => !needsSerial || serials.has(slot);
  return { start: fresh.filter(ready), waiting: fresh.filter((slot) => !ready(slot)) };
}

export type InsertionContext = {
  /** In the fixture's order. */
  readonly slots: readonly SlotId[];
  readonly running: ReadonlySet<SlotId>;
  /** Scanned for the next runs. */
  readonly serials: ReadonlyMap<SlotId, string>;
  /** The recipe wants a scanned serial. */
  readonly needsSerial: boolean;
};

/** When the next port has settled, on the clock of `at`; undefined: none settles. */
export function nextSettling({ plugs }: Insertions): number | undefined {
  const ends = [...plugs.values()].flatMap((plug) => (plug.at === "settling" ? [plug.since + SETTLING] : []));
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** The slots at whose port nothing is. */
export function absentSlots({ plugs }: Insertions): readonly SlotId[] {
  return [...plugs].flatMap(([slot, { at }]) => (at === "out" ? [slot] : []));
}

function seen(
  { armed, plugs }: Insertions,
  ports: ReadonlyMap<SlotId, string | undefined>,
  at: number,
): ReadonlyMap<SlotId, Plug> {
  const after = new Map(plugs);
  for (const [slot, port] of ports) {
    const plug = plugs.get(slot);
    if (port === undefined) after.set(slot, { at: "out" });
    // What the first look finds lay there before.
    else if (plug === undefined) after.set(slot, { at: "in", port, fresh: false });
    else if (plug.at === "out" || plug.port !== port)
      after.set(slot, { at: "settling", port, since: at, fresh: armed });
  }
  return after;
}

function settled(plug: Plug, slot: SlotId, { at, running }: { at: number; running: ReadonlySet<SlotId> }): Plug {
  if (plug.at !== "settling" || at - plug.since < SETTLING) return plug;
  return { at: "in", port: plug.port, fresh: plug.fresh && !running.has(slot) };
}

function used(plug: Plug): Plug {
  return plug.at === "out" || !plug.fresh ? plug : { ...plug, fresh: false };
}

function mapPlugs(
  plugs: ReadonlyMap<SlotId, Plug>,
  change: (slot: SlotId, plug: Plug) => Plug,
): ReadonlyMap<SlotId, Plug> {
  return new Map([...plugs].map(([slot, plug]) => [slot, change(slot, plug)] as const));
}
