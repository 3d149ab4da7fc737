import type { LineSettings, LineState, LineStation } from "../../src/contract/desktop-line.ts";
import type { DeviceUuid, RunId } from "../../src/core/ids.ts";

/** A station that works for itself. */
export const NO_LINE: LineSettings = {
  ...{ file: null, keeping: "system", restart: false },
  ...{ credentials: { from: "none", wanted: false }, database: { from: "none", wanted: false } },
};

const KEPT = {
  from: "vault",
  protection: "system",
  fingerprint: "0badcafe",
  keptAt: "2026-03-01T07:00:00.000Z",
} as const;

/** A station of a line with everything set. */
export const FAKE_LINE: LineSettings = {
  ...{ file: "/srv/station/line.yaml", name: "Line 3", servers: ["tls://nats1.example:4222"] },
  ...{ keeping: "system", restart: false, credentials: KEPT, database: KEPT },
};

/** The stations of the invented line. */
export const FAKE_STATIONS: LineStation[] = [
  {
    ...{ id: "0193f6a2-7c11-7a3e-9d1c-5b2f6a8e4c07", name: "bench-1", events: 12_846 },
    chain: { ok: true, upTo: 12_846 },
  },
  {
    ...{ id: "0193f6a2-7c11-7a3e-9d1c-5b2f6a8e4c08", name: "bench-2", events: 9120 },
    chain: { ok: false, position: 8004, kind: "gap", what: "positions 8004 to 8011 are missing" },
  },
];

/** How the invented line stands at a moment. */
export function fakeLineState(now: number, changes: Partial<LineState> = {}): LineState {
  return {
    ...{ name: "Line 3", station: "bench-1", link: "reached", since: new Date(now - 3_600_000).toISOString() },
    ...{ waiting: 0, whenAway: "refuse", training: false, alone: 0, conflicts: [], ...changes },
  };
}

/** A unit that the invented neighbour passed too. */
export function fakeConflict(now: number): LineState["conflicts"][number] {
  return {
    uuid: "50363154-3931-44f0-8022-121b6401627d" as DeviceUuid,
    run: "0193f6a2-7c11-7a3e-9d1c-5b2f6a8e4c99" as RunId,
    ...{ at: new Date(now - 60_000).toISOString(), what: "passed", other: "bench-2" },
    otherAt: new Date(now - 120_000).toISOString(),
  };
}
