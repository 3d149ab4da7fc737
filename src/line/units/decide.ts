import type { Lease, Passed } from "../../contract/line-lease.ts";
import type { Seen } from "./keys.ts";

/** Who asks for a unit. */
export type Claimant = { readonly station: string; readonly run: string };

/** What to do about a unit that is to be claimed. */
export type ClaimStep =
  /** Write the lease over this revision; 0: over nothing. */
  | { readonly do: "write"; readonly revision: number }
  | { readonly do: "refuse"; readonly holder: Lease }
  | { readonly do: "refuse-unreadable" };

/**
 * How a unit is claimed. A lease of the same station is written over: only one program at a time has a station's identity, and
 * a run of the same station on the same unit was ruled out before the line was asked.
 */
export function claimStep(seen: Seen<Lease>, station: string): ClaimStep {
  switch (seen.kind) {
    case "nothing":
      return { do: "write", revision: 0 };
    case "given-back":
      return { do: "write", revision: seen.revision };
    case "unreadable":
      return { do: "refuse-unreadable" };
    case "value": {
      const { value: holder, revision } = seen;
      return holder.station === station ? { do: "write", revision } : { do: "refuse", holder };
    }
  }
}

/** What to do about a lease that could not be renewed because something else was written, or nothing is there. */
export type RenewalStep =
  { readonly do: "write"; readonly revision: number } | { readonly do: "lost"; readonly holder?: Lease };

/**
 * How a lease goes on whose renewal was refused.
 * @param lapsed the lease may have ended: somebody may have had the unit since, and be through with it
 */
export function renewalStep(seen: Seen<Lease>, me: Claimant, lapsed: boolean): RenewalStep {
  switch (seen.kind) {
    case "nothing":
      return lapsed ? { do: "lost" } : { do: "write", revision: 0 };
    case "given-back":
    case "unreadable":
      return { do: "lost" };
    case "value": {
      const { value: holder, revision } = seen;
      const mine = holder.station === me.station && holder.run === me.run;
      return mine ? { do: "write", revision } : { do: "lost", holder };
    }
  }
}

/** How a lease stands between two renewals. */
export type LeaseState = "good" | "late" | "over";

/**
 * How a lease stands, from the time since the last renewal that is known to have arrived was sent. `late`: its run must come to
 * an end, as after two thirds; `over`: nothing may touch the unit any more, shortly before others may have it.
 * @param silent ms since then
 * @param lease ms that the lease lasts
 */
export function leaseState(silent: number, lease: number): LeaseState {
  if (silent >= (lease * 14) / 15) return "over";
  return silent >= (lease * 2) / 3 ? "late" : "good";
}

/** A run that went on alone, as it is compared with the line afterwards. */
export type AloneRun = {
  readonly station: string;
  readonly run: string;
  /** When it was started; by the station's clock. */
  readonly startedAt: string;
  /** When it ended as PASS; absent while it runs, and where it did not pass. */
  readonly passedAt?: string;
  /** It still works on the unit. */
  readonly running: boolean;
  /** The unit may have passed before. */
  readonly again: boolean;
};

/** What another run did meanwhile. */
export type Conflict =
  { readonly what: "held"; readonly other: Lease } | { readonly what: "passed"; readonly other: Passed };

/**
 * Whether another run worked on the unit while this one was alone with it: it holds it now while this one still runs, or after this
 * one has passed it; or it passed the unit too, unless this run was to go over units that had passed.
 */
export function conflictOf(alone: AloneRun, lease: Seen<Lease>, passed: Seen<Passed>): Conflict | undefined {
  const { running, passedAt, startedAt, again } = alone;
  if (lease.kind === "value" && lease.value.station !== alone.station && (running || passedAt !== undefined))
    return { what: "held", other: lease.value };
  if (passed.kind !== "value" || passed.value.station === alone.station) return undefined;
  const { value: other } = passed;
  const before = other.at < startedAt;
  if (before ? again : passedAt === undefined && !running) return undefined;
  return { what: "passed", other };
}

/** Whether a PASS is to be written: not over a newer one. */
export function passedStep(
  seen: Seen<Passed>,
  own: Pick<Passed, "run" | "at">,
): { readonly do: "write"; readonly revision: number } | { readonly do: "keep" } {
  switch (seen.kind) {
    case "nothing":
      return { do: "write", revision: 0 };
    case "given-back":
    case "unreadable":
      return { do: "write", revision: seen.revision };
    case "value":
      return seen.value.run === own.run || seen.value.at > own.at
        ? { do: "keep" }
        : { do: "write", revision: seen.revision };
  }
}
