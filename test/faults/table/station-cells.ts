import type { Phase } from "../../../src/contract/common.ts";
import type { ErrorCode } from "../../../src/core/error-codes.ts";
import { ends, pass, type Cause, type Cell, type End } from "./cell.ts";

const PHASES = [
  "connect",
  "identify",
  "check",
  "claim",
  "provision",
  "verify",
  "release",
] as const satisfies readonly Phase[];

function inEach(
  fault: string,
  cause: Cause,
  end: End,
  but: Partial<Readonly<Record<Phase, End>>> = {},
): readonly Cell[] {
  return PHASES.map((phase) => ({ fault, phase, way: "any", cause, end: but[phase] ?? end }) as const);
}

const spec = (fault: string, phase: Phase, file: string, test: string, end: End): Cell => ({
  ...{ fault, phase, way: "any", cause: { by: "spec", file, test }, end },
});

const died = ends("ERROR", "station.worker-died", "unreachable");
const hung = ends("ERROR", "station.worker-hung", "unreachable");
const interrupted: End = { outcome: "ABORTED", code: "run.interrupted", release: "unreachable" };
const refused = ends("ERROR", "provisioning.token-refused");
const storeLocked = ends("ERROR", "station.store-locked");
const storeFailed = ends("ERROR", "station.store-failed");

/** The station says so at once; there is no run, and no modem is spoken to. */
const none = (code: ErrorCode): End => ({ outcome: "no run starts", code, release: "untouched" });

export const STATION_CELLS: readonly Cell[] = [
  ...inEach("worker killed", { by: "worker", does: "killed" }, died),
  ...inEach("worker stuck in a loop", { by: "worker", does: "loops" }, hung),
  ...inEach("clock set ahead by a day", { by: "clock", hours: 24, back: false }, pass),
  ...inEach("clock set back by a day", { by: "clock", hours: -24, back: false }, refused, {
    verify: pass,
    release: pass,
  }),
  ...inEach("clock jumps forth and back", { by: "clock", hours: 24, back: true }, pass),
  ...inEach("database locked for a moment", { by: "lock", holds: 400 }, pass),
  ...inEach("database locked for long", { by: "lock", holds: 4000 }, storeLocked, {
    connect: ends("ERROR", "station.store-locked", "untouched"),
  }),
  ...(["connect", "identify", "claim", "provision", "verify", "release"] as const).map((phase) =>
    spec(
      "station killed",
      phase,
      "faults/station-killed.spec.ts",
      "is followed by one that records the runs as ABORTED",
      interrupted,
    ),
  ),
  spec("disk full", "provision", "faults/full-disk.spec.ts", "ends the runs with the modems released", storeFailed),
  spec(
    "disk takes no more writes",
    "provision",
    "faults/failing-disk.spec.ts",
    "ends the runs with the modems released",
    storeFailed,
  ),
  spec(
    "disk full from the start",
    "connect",
    "faults/full-disk.spec.ts",
    "lets no run start while it is full",
    none("audit.full"),
  ),
  spec(
    "read-only folder",
    "connect",
    "faults/read-only-folder.spec.ts",
    "lets no run start, says so",
    none("audit.unwritable"),
  ),
  spec(
    "second station on the database",
    "connect",
    "faults/ports-and-locks.spec.ts",
    "the second is refused and told who has it",
    none("audit.in-use"),
  ),
  spec(
    "database locked by another program from the start",
    "connect",
    "faults/second-program.spec.ts",
    "that has locked the record keeps the station from starting",
    none("audit.locked"),
  ),
  spec(
    "database damaged",
    "connect",
    "audit/damaged-database.spec.ts",
    "is refused and left as it is where $what",
    none("audit.corrupt"),
  ),
  spec(
    "database cut off at its end, or gone",
    "connect",
    "audit/damaged-database.spec.ts",
    "is refused and left as it is where $what",
    none("audit.cut"),
  ),
  spec(
    "port held by another program",
    "connect",
    "faults/second-program.spec.ts",
    "that has the port ends the slot's run as busy, and is named",
    ends("ERROR", "link.busy", "untouched"),
  ),
  spec(
    "second station on the tray",
    "connect",
    "faults/ports-and-locks.spec.ts",
    "the second finds the port busy, the first goes on",
    ends("ERROR", "link.busy", "untouched"),
  ),
];
