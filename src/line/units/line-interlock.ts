import type { LineUnitEvent } from "../../contract/line-event.ts";
import { LeaseSchema, PassedSchema } from "../../contract/line-lease.ts";
import type { Clock } from "../../core/clock.ts";
import type { Line } from "../connect-line.ts";
import { BUCKETS } from "../names.ts";
import type { UnitBuckets } from "./alone-runs.ts";
import { Interlock } from "./interlock.ts";
import { JetStreamKeys } from "./jetstream-keys.ts";
import type { UnitRecord } from "./record.ts";

/** What the interlock of a station on a line needs. */
export type LineInterlockParts = {
  readonly clock: Clock;
  /** Identity of the station. */
  readonly stationId: string;
  readonly record: UnitRecord;
  /** Told each event about units and the line that was recorded, once it is on the disk. */
  readonly onEvent?: (event: LineUnitEvent) => void;
};

/** The interlock of a line's file, and the end of it: both wait for what is under way, within the line's limits. */
export type LineInterlock = { readonly interlock: Interlock; close(): Promise<void> };

/**
 * Claims units across a line; undefined where its file asks for none.
 * @throws StationError audit.* when the record cannot be read
 */
export function openInterlock(line: Line, parts: LineInterlockParts): LineInterlock | undefined {
  const { interlock: rule, station } = line.settings;
  if (rule === false) return undefined;
  const { clock, stationId, record, onEvent } = parts;
  const interlock = new Interlock({
    ...{ ...unitBuckets(line, clock), rule, clock, record, limit: line.requestLimit },
    station: { id: stationId, name: station.name },
    ...(onEvent === undefined ? {} : { onEvent }),
  });
  const stop = line.subscribe(({ state }) => {
    if (state === "connected") interlock.reached();
  });
  const close = async (): Promise<void> => {
    await interlock.close();
    stop();
  };
  return { interlock, close };
}

/** The buckets of leases and passed units. */
export function unitBuckets(line: Pick<Line, "reach" | "requestLimit">, clock: Clock): UnitBuckets {
  return {
    leases: new JetStreamKeys(line, clock, BUCKETS.leases, (value) => LeaseSchema.safeParse(value).data),
    passed: new JetStreamKeys(line, clock, BUCKETS.passed, (value) => PassedSchema.safeParse(value).data),
  };
}
