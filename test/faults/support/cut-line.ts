import { createHash, randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OwnerApi } from "../../../src/cloud/owner-api.ts";
import { openAuditStore } from "../../../src/audit/open-audit-store.ts";
import type { RecoveredRun } from "../../../src/audit/audit-store.ts";
import { History, type RunHistory } from "../../../src/audit/history.ts";
import { verifyDatabase } from "../../../src/audit/verify-database.ts";
import type { Verdict } from "../../../src/contract/history.ts";
import type { Phase } from "../../../src/contract/common.ts";
import type { FromWorker } from "../../../src/contract/order.ts";
import type { SlotState } from "../../../src/contract/slot-state.ts";
import { StartRequestSchema } from "../../../src/contract/station-request.ts";
import { milliseconds } from "../../../src/core/duration.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import type { HttpTransport } from "../../../src/provisioning/transport.ts";
import { UnitRun } from "../../../src/run/unit-run.ts";
import type { StationFiles } from "../../../src/station/batch-plan.ts";
import type { RunDesks } from "../../../src/station/run-desk.ts";
import { Station } from "../../../src/station/station.ts";
import type { ExecuteOrder } from "../../../src/worker/active-run.ts";
import { InProcessWorkerHost } from "../../fakes/in-process-worker-host.ts";
import type { PowerCut } from "../../fakes/power-cut.ts";
import { SimulatedOpener, type ModemTwist } from "../../fakes/simulated-opener.ts";

/** What stays while the station's power goes: the service, from both sides. */
export type CutService = { readonly owner: OwnerApi; readonly http: HttpTransport };

/** What a cut line works with. */
export type CutLineParts = {
  readonly files: StationFiles;
  readonly service: CutService;
  readonly modem?: ModemTwist;
  readonly desks?: (power: PowerCut) => RunDesks;
};

/** How one life of the station went. */
export type Life = {
  /** `undefined` where the power went off before the end. */
  readonly slot: SlotState | undefined;
  readonly recovered: readonly RecoveredRun[];
};

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * A station with one slot whose power may go: real core, worker and phases in this process, an audit database on the disk, a
 * simulated modem. What the disk held at the cut is what the next life finds.
 */
export class CutLine {
  readonly modem: SimulatedOpener;
  readonly #parts: CutLineParts;
  readonly #root: string;
  #lives = 0;

  private constructor(parts: CutLineParts, root: string) {
    this.#parts = parts;
    this.#root = root;
    this.modem = new SimulatedOpener(realClock, { takes: () => milliseconds(0), ...parts.modem });
  }

  static async make(parts: CutLineParts): Promise<CutLine> {
    return new CutLine(parts, await mkdtemp(join(tmpdir(), "cut-")));
  }

  remove(): Promise<void> {
    return rm(this.#root, { recursive: true, force: true });
  }

  /** Runs the unit once with the power given; points count within `phase` only, where one is named. */
  async live(power: PowerCut, phase?: Phase): Promise<Life> {
    const folder = this.#folder();
    await mkdir(folder, { recursive: true });
    const opened = await openAuditStore({
      ...{ file: join(folder, "audit.db"), clock: realClock, random: randomBytes, commitWindow: milliseconds(0) },
      ...{ program: "spec" },
    });
    const methods = ["startBatch", "append", "finishBatch", "putSetting"] as const;
    const host = new InProcessWorkerHost({
      clock: power.clock(realClock),
      execute: this.#execute(power),
      overhear: (message) => arm(power, message, phase),
    });
    power.armed = phase === undefined;
    const station = Station.open({
      ...{ files: this.#parts.files, host, clock: power.clock(realClock), random: randomBytes },
      store: power.wrap("store", opened.store, methods),
      recovered: opened.recovered,
      ...(this.#parts.desks === undefined ? {} : { desks: this.#parts.desks(power) }),
    });
    const done = station.start(StartRequestSchema.parse({ again: true })).then(({ done: finished }) => finished);
    await Promise.race([done, power.off]);
    const slot = power.isOff ? undefined : station.snapshot()[0];
    // What the disk holds now is all that is left; the program itself is left alone, its ports never answer again.
    await cp(folder, this.#folder(1), { recursive: true, filter: (file) => !/\.lock$|-shm$/.test(file) });
    if (power.isOff) void opened.store.close().catch(() => undefined);
    else await station.close().then(() => opened.store.close());
    this.#lives++;
    return { slot, recovered: opened.recovered };
  }

  /** The runs that the disk holds, oldest first, and what an auditor says about them. */
  async record(): Promise<{ readonly runs: readonly RunHistory[]; readonly verdict: Verdict }> {
    const file = join(this.#folder(), "audit.db");
    const history = new History(file);
    try {
      const { runs } = history.runs({ filter: {}, limit: 100 });
      const all = runs.flatMap(({ id }) => history.run(id) ?? []);
      return { runs: all.toReversed(), verdict: await verifyDatabase(file) };
    } finally {
      history.close();
    }
  }

  #folder(ahead = 0): string {
    return join(this.#root, `life-${this.#lives + ahead}`);
  }

  #execute(power: PowerCut): ExecuteOrder {
    const { owner, http } = this.#parts.service;
    this.modem.isOpen = false;
    const opener = power.opener(this.modem);
    return async (order, hooks) => {
      const ports = { opener, http, owner: power.wrap("owner", owner, ["exchange"]) };
      await new UnitRun({ order, ...hooks, ...ports, sha256 }).execute();
    };
  }
}

function arm(power: PowerCut, message: FromWorker, phase: Phase | undefined): void {
  if (phase === undefined || message.type !== "event") return;
  const { event } = message;
  if (event.type === "phase.started" && event.phase === phase) power.armed = true;
  if (event.type === "phase.finished" && event.phase === phase) power.armed = false;
}
