import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAuditStore } from "../../../src/audit/open-audit-store.ts";
import { verifyDatabase } from "../../../src/audit/verify-database.ts";
import { FixtureSchema } from "../../../src/contract/fixture.ts";
import type { FromWorker } from "../../../src/contract/order.ts";
import type { SlotState } from "../../../src/contract/slot-state.ts";
import { StartRequestSchema } from "../../../src/contract/station-request.ts";
import { Station } from "../../../src/station/station.ts";
import type { WorkerHost } from "../../../src/station/worker-host.ts";
import { FastClock } from "../../fakes/fast-clock.ts";
import { InProcessWorkerHost } from "../../fakes/in-process-worker-host.ts";
import { executeOrder } from "../../../src/worker/execute-order.ts";
import { foundIn, formsOf, overheard } from "../../cli/support/secret-forms.ts";
import type { Cell, End } from "../table/cell.ts";
import { runsOf } from "./audit-file.ts";
import { FaultMaker } from "./fault-maker.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import { PluggedBoard } from "./plugged-board.ts";

/** How many times faster than real the waits of a run pass; worker processes have the real clock. */
const SPEED = 3;
const HUB_PORTS = 3;

/** What a cell showed. */
export type Seen = {
  /** How each run with the fault ended: one, or one for each port of the hub. */
  readonly ends: readonly End[];
  /** The operator's sentence of the first. */
  readonly advice: string;
  /** How the modems were after it. */
  readonly modems: readonly string[];
  readonly verified: boolean;
  /** Secrets that the record or the news hold. */
  readonly leaks: readonly string[];
  /** Outcomes of the same units' next runs, the fault mended. */
  readonly next: readonly (string | null)[];
};

/** Runs the unit of a cell with its fault, mends it, and runs the unit again. */
export async function runCell(cell: Cell, world: MatrixWorld): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), "matrix-"));
  const audit = join(folder, "audit.db");
  const inProcess = cell.cause.by !== "worker";
  const clock = new FastClock(inProcess && !isLong(cell) ? SPEED : 1);
  const boards = Array.from(
    { length: cell.cause.by === "hub" ? HUB_PORTS : 1 },
    (_, index) => new PluggedBoard(randomUUID(), index + 1, clock),
  );
  const faults = new FaultMaker({ cell, world, boards, clock, audit });
  const { store } = await openAuditStore({ file: audit, clock, random: randomBytes, program: "spec" });
  const news: unknown[] = [];
  try {
    await faults.prepare();
    const overhear = (message: FromWorker): void => {
      if (message.type === "event") faults.hear(message.event);
    };
    const host: WorkerHost = inProcess
      ? new InProcessWorkerHost({
          ...{ clock, overhear },
          execute: (order, hooks) => executeOrder({ ...order, profile: faults.profile }, hooks),
        })
      : faults.host();
    const station = Station.open({
      files: { recipe: world.recipe, fixture: fixtureOf(boards, faults.slots), profile: faults.profile },
      ...{ store, host, clock, random: randomBytes, credentials: { ownerKey: world.harness.service.ownerKey } },
    });
    station.subscribe((each) => news.push(each));
    const batch = async (): Promise<readonly SlotState[]> => {
      const request = StartRequestSchema.parse({ again: true });
      await station
        .start(request)
        .then(
          ({ done }) => done,
          (error: unknown) => news.push(error),
        )
        .catch((error: unknown) => news.push(error));
      return station.snapshot();
    };
    const first = await batch();
    const modems = boards.map(({ state }) => state);
    await faults.mend();
    const second = await batch();
    await station.close();
    await store.close();
    const slots = faults.slots;
    const rows = runsOf(audit);
    const ends = slots.map((slot) => rows.find((row) => row.slot === slot));
    const secrets = [
      ...boards.flatMap(({ said }) => said.flatMap(overheard)),
      { name: "owner key", bytes: Buffer.from(world.harness.service.ownerKey.reveal()) },
    ];
    const hay = Buffer.concat([...contentsOf(folder), Buffer.from(JSON.stringify([news, first, second]))]);
    return {
      ends: ends.map((row) => ({ outcome: row?.outcome, code: row?.code, release: row?.release }) as End),
      advice: ends[0]?.advice ?? "",
      modems,
      verified: (await verifyDatabase(audit)).ok,
      leaks: foundIn(hay, secrets.flatMap(formsOf)),
      next: slots.map((slot) => rows.filter((row) => row.slot === slot).at(-1)?.outcome ?? null),
    };
  } finally {
    await faults.stop();
    await store.close().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An exchange of many datagrams needs its whole time where the machine has other work. */
function isLong({ cause }: Cell): boolean {
  return cause.by === "coap" && cause.does === "huge-body";
}

function fixtureOf(boards: readonly PluggedBoard[], slots: readonly string[]) {
  return FixtureSchema.parse({
    ...{
      fixture: 1,
      name: "Line under test",
      rows: 1,
      columns: boards.length,
      line: { flowControl: "none", mode: "at" },
    },
    slots: boards.map(({ address }, index) => ({
      ...{ slot: slots[index], row: 1, column: index + 1, port: { tcp: address } },
    })),
  });
}

/** What lies in the folder beside the station's own key. */
function contentsOf(folder: string): readonly Buffer[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path));
}
