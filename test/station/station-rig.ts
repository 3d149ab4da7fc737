import { createHash } from "node:crypto";
import type { RecoveredRun } from "../../src/audit/audit-store.ts";
import { FixtureSchema } from "../../src/contract/fixture.ts";
import type { ToWorker } from "../../src/contract/order.ts";
import { ResolvedProfileSchema } from "../../src/contract/profile.ts";
import { RecipeSchema } from "../../src/contract/recipe.ts";
import { StartRequestSchema, type StartRequest } from "../../src/contract/station-request.ts";
import type { RunEvent, RunEventBody } from "../../src/contract/run-event.ts";
import type { Duration } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import type { StationCredentials, StationFiles } from "../../src/station/batch-plan.ts";
import type { GoldenRule } from "../../src/station/golden-unit.ts";
import { resolveRecipe } from "../../src/station/files/recipe-file.ts";
import type { StartGuard } from "../../src/station/published/document-guard.ts";
import { Station } from "../../src/station/station.ts";
import type { StationLimits } from "../../src/station/station-limits.ts";
import type { StationNews } from "../../src/station/station-news.ts";
import type { UnitInterlock } from "../../src/station/unit-interlock.ts";
import { FakeWorkerHost, type FakeWorker, type WorkerScript } from "../fakes/fake-worker-host.ts";
import { MemoryAuditStore } from "../fakes/memory-audit-store.ts";

/** A device UUID that belongs to a slot's number. */
export const uuidOf = (slot: string): string => `50363154-3931-44f0-8022-${slot.padStart(12, "0")}`;

export const COMMAND = {
  id: "c.1",
  kind: "at",
  text: "%CMNG 0,1,0,[sha256:… length:…]",
  ordinal: 1,
  total: 1,
} as const;

export const identified = (uuid: string): RunEventBody =>
  ({ type: "unit.identified", device: { uuid, imei: "352656100367872" } }) as RunEventBody;
export const finished = (outcome: "PASS" | "FAIL" | "ERROR" | "ABORTED"): RunEventBody => ({
  ...{ type: "run.finished", outcome, release: "restored", elapsedMs: 5 },
});
export const phase = (name: "connect" | "provision"): RunEventBody => ({
  ...{ type: "phase.started", phase: name, attempt: 1, limitMs: 1000 },
});

/** A worker that does a run well: connects, identifies, waits for admission, announces, waits for the store, passes. */
export const passing: WorkerScript = (worker, message) => {
  if (message.type === "order") {
    worker.event(phase("connect"));
    worker.event(identified(uuidOf(worker.slot)));
  }
  if (message.type === "admission" && message.admission.kind === "admitted")
    worker.event({ type: "command.announced", command: COMMAND });
  if (message.type === "admission" && message.admission.kind === "refused")
    worker.event({ ...finished("ERROR"), error: message.admission.error } as RunEventBody);
  if (message.type === "stored" && message.seq === 3) {
    worker.event({ type: "command.concluded", command: COMMAND, result: "ok", reply: "OK\r\n", elapsedMs: 1 });
    worker.event(finished("PASS"));
  }
  obedient(worker, message);
};

/** A worker that stops when it is told to. */
export const obedient: WorkerScript = (worker: FakeWorker, message: ToWorker) => {
  if (message.type !== "abort") return;
  const outcome = message.error.code.startsWith("station.store") ? "ERROR" : "ABORTED";
  worker.event({ ...finished(outcome), error: message.error } as RunEventBody);
};

/** Files of a station with `count` slots named 1, 2 … */
export function stationFiles(count: number): StationFiles {
  const slots = Array.from({ length: count }, (_, index) => ({
    ...{ slot: String(index + 1), row: 1, column: index + 1, port: { tcp: `127.0.0.1:${4001 + index}` } },
  }));
  const recipe = RecipeSchema.parse({ recipe: 1, product: "Board", revision: "1", commands: [{ finished: {} }] });
  return {
    recipe: resolveRecipe(recipe, { files: new Map(), secrets: new Map() }),
    fixture: FixtureSchema.parse({ fixture: 1, name: "Tray", rows: 1, columns: 64, slots }),
    profile: ResolvedProfileSchema.parse({
      ...{ profile: 1, name: "Embedded", service: "embedded" },
      https: { host: "localhost", port: 8443, ca: "PEM" },
      owner: { base: "https://localhost:8444/v1" },
    }),
  };
}

/** What a spec may choose of its station. */
export type RigWish = {
  readonly slots?: number;
  readonly script?: WorkerScript;
  readonly limits?: Partial<StationLimits>;
  readonly recovered?: readonly RecoveredRun[];
  readonly credentials?: StationCredentials;
  readonly autoReady?: boolean;
  /** Files other than those of {@link stationFiles}. */
  readonly files?: Partial<StationFiles>;
  readonly golden?: () => GoldenRule | undefined;
  readonly interlock?: UnitInterlock;
  readonly documents?: StartGuard;
};

/** A station with fake workers, a store in memory and a virtual clock. */
export class StationRig {
  readonly clock = new VirtualClock();
  readonly store = new MemoryAuditStore();
  readonly host: FakeWorkerHost;
  readonly station: Station;
  readonly news: StationNews[] = [];
  readonly files: StationFiles;

  constructor(wish: RigWish = {}) {
    this.host = new FakeWorkerHost(wish.script ?? passing);
    this.host.autoReady = wish.autoReady ?? true;
    this.files = { ...stationFiles(wish.slots ?? 1), ...wish.files };
    const bytes = { count: 0 };
    this.station = Station.open({
      ...{ files: this.files, store: this.store, host: this.host, clock: this.clock },
      random: (count) => createHash("sha512").update(String(bytes.count++)).digest().subarray(0, count),
      ...(wish.limits === undefined ? {} : { limits: wish.limits }),
      ...(wish.recovered === undefined ? {} : { recovered: wish.recovered }),
      ...(wish.credentials === undefined ? {} : { credentials: wish.credentials }),
      ...(wish.golden === undefined ? {} : { golden: wish.golden }),
      ...(wish.interlock === undefined ? {} : { interlock: wish.interlock }),
      ...(wish.documents === undefined ? {} : { documents: wish.documents }),
    });
    this.station.subscribe((news) => this.news.push(news));
  }

  request(more: Partial<Record<keyof StartRequest, unknown>> = {}): StartRequest {
    return StartRequestSchema.parse(more);
  }

  async advance(duration: number): Promise<void> {
    await this.clock.advance(duration as Duration);
  }

  /** The events that were shown of a slot, as their types. */
  shown(slot: string): readonly string[] {
    return this.runNews(slot).map((news) => news.event.type);
  }

  runNews(slot: string): readonly Extract<StationNews, { kind: "run" }>[] {
    return this.news.flatMap((news) => (news.kind === "run" && news.event.slot === slot ? [news] : []));
  }

  stored(slot: string): readonly RunEvent[] {
    return this.store.events.filter((event) => event.slot === slot);
  }

  lastOf(slot: string): RunEvent | undefined {
    return this.stored(slot).at(-1);
  }
}

/** A worker that goes up to an announced command and stays there. */
export const untilAnnounced: WorkerScript = (worker, message) => {
  if (message.type === "stored" || message.type === "abort") return;
  passing(worker, message);
};

/** A station whose batch has just begun, and the batch's summary to come. */
export async function running(
  script: WorkerScript,
  slots = 1,
): Promise<StationRig & { readonly summary: Promise<unknown> }> {
  const rig = new StationRig({ slots, script });
  const { done } = await rig.station.start(rig.request());
  await rig.advance(0);
  return Object.assign(rig, { summary: done });
}
