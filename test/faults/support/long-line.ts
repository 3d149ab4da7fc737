import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { openAuditStore, type OpenedAudit } from "../../../src/audit/open-audit-store.ts";
import type { Outcome, Phase } from "../../../src/contract/common.ts";
import { FixtureSchema } from "../../../src/contract/fixture.ts";
import type { FromWorker } from "../../../src/contract/order.ts";
import { StartRequestSchema } from "../../../src/contract/station-request.ts";
import { Station } from "../../../src/station/station.ts";
import { executeOrder } from "../../../src/worker/execute-order.ts";
import { FastClock } from "../../fakes/fast-clock.ts";
import { InProcessWorkerHost } from "../../fakes/in-process-worker-host.ts";
import type { ServerFault } from "../table/cell.ts";
import { FaultyServer } from "./faulty-server.ts";
import { MatrixWorld, type Places } from "./matrix-world.ts";
import { PluggedBoard } from "./plugged-board.ts";

const SPEED = 2;
const SERVER_FAULTS = [401, 500, 503, "half-body", "wrong-content", "down"] as const satisfies readonly ServerFault[];

/** What goes wrong in one run. */
export type Trouble =
  | { readonly kind: "none" }
  | { readonly kind: "modem"; readonly order: string }
  | { readonly kind: "service"; readonly side: "https" | "owner"; readonly does: (typeof SERVER_FAULTS)[number] }
  | { readonly kind: "abort"; readonly phase: Phase };

/** What the station said about a run at its end. */
export type Told = { readonly trouble: Trouble; readonly outcome: Outcome; readonly code: string | null };

/** What a process holds at a moment without runs. */
export type Holdings = { readonly memory: number; readonly descriptors: number };

const MODEM_ORDERS = [
  ...["garbage@claim", "mute@jwt*1", "truncated@jwt", "disconnect@write", "disconnect@verify", "unplug@keygen"],
  ...[
    "reboot@write",
    "reboot@claim*1",
    "wrong-cme",
    "keygen-fail*1",
    "noise",
    "urc-storm",
    "mixed-up@verify*1",
    "echo",
  ],
  ...["lost-write*1", "corrupt-store*1", "jwt-fail", "plain-error@keygen*1", "flow:2000@write", "silence@list"],
] as const;
const ABORT_PHASES = ["connect", "claim", "provision", "verify"] as const satisfies readonly Phase[];

/** Draws what goes wrong: nothing in half of the runs. */
export function drawTrouble(random: () => number): Trouble {
  const index = (length: number): number => Math.floor(random() * length);
  const dice = random();
  if (dice < 0.5) return { kind: "none" };
  if (dice < 0.8) return { kind: "modem", order: MODEM_ORDERS[index(MODEM_ORDERS.length)] ?? "" };
  if (dice < 0.9)
    return {
      kind: "service",
      side: index(2) === 0 ? "https" : "owner",
      does: SERVER_FAULTS[index(SERVER_FAULTS.length)] ?? "down",
    };
  return { kind: "abort", phase: ABORT_PHASES[index(ABORT_PHASES.length)] ?? "claim" };
}

/** A station that runs unit after unit in every slot, each with a fault of its own; all parts are real but the worker's process. */
export class LongLine {
  readonly audit: string;
  readonly told: Told[] = [];
  readonly #world: MatrixWorld;
  readonly #folder: string;
  readonly #clock = new FastClock(SPEED);
  readonly #servers: ReadonlyMap<string, FaultyServer>;
  readonly #boards: PluggedBoard[] = [];
  readonly #troubles = new Map<string, Trouble>();
  #open: { readonly audit: OpenedAudit; readonly station: Station } | undefined;
  #units = 0;

  private constructor(world: MatrixWorld, servers: ReadonlyMap<string, FaultyServer>) {
    this.#world = world;
    this.#servers = servers;
    this.#folder = mkdtempSync(join(tmpdir(), "long-"));
    this.audit = join(this.#folder, "audit.db");
  }

  static async start(slots: number): Promise<LongLine> {
    const world = await MatrixWorld.start();
    const servers = new Map<string, FaultyServer>();
    for (const side of ["https", "owner"] as const)
      for (const does of SERVER_FAULTS) {
        const server = await FaultyServer.start(world.harness.service, side, world.foreign);
        await server.fail(does);
        servers.set(`${side} ${does}`, server);
      }
    const line = new LongLine(world, servers);
    for (let slot = 0; slot < slots; slot++) {
      const board = line.#nextBoard(0);
      await board.plug();
      line.#boards.push(board);
    }
    await line.#openStation();
    return line;
  }

  /** Runs so many units with what `draw` says, the slots side by side; a new unit each time. */
  async run(runs: number, draw: () => Trouble): Promise<void> {
    const left = { runs };
    await Promise.all(
      this.#boards.map(async (_board, index) => {
        while (left.runs-- > 0) await this.#runUnit(index, draw());
      }),
    );
  }

  /** Ends the station in order and starts it again on the same database. */
  async restart(): Promise<void> {
    await this.#closeStation();
    await this.#openStation();
  }

  holdings(): Holdings {
    const descriptors = process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
    return { memory: process.memoryUsage().rss, descriptors };
  }

  /** Closes the station; the record stays to be read. */
  async close(): Promise<void> {
    await this.#closeStation();
    await Promise.all(this.#boards.map((board) => board.unplug()));
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
    await this.#world.stop();
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #nextBoard(number: number): PluggedBoard {
    return new PluggedBoard("long run", ++this.#units, this.#clock, number);
  }

  async #runUnit(index: number, trouble: Trouble): Promise<void> {
    const slot = String(index + 1);
    const before = this.#boards[index];
    await before?.unplug();
    const board = this.#nextBoard(before?.number ?? 0);
    this.#boards[index] = board;
    await board.plug(trouble.kind === "modem" ? [trouble.order] : []);
    this.#troubles.set(slot, trouble);
    const { station } = this.#opened;
    const { done } = await station.start(StartRequestSchema.parse({ slots: [slot] }));
    await done;
    const state = station.snapshot()[index];
    if (state?.kind !== "finished") throw new TypeError(`slot ${slot} has no end`);
    this.told.push({ trouble, outcome: state.outcome, code: state.error?.code ?? null });
  }

  get #opened(): { readonly audit: OpenedAudit; readonly station: Station } {
    if (this.#open === undefined) throw new TypeError("the station is closed");
    return this.#open;
  }

  async #openStation(): Promise<void> {
    const clock = this.#clock;
    const audit = await openAuditStore({ file: this.audit, clock, random: randomBytes, program: "spec" });
    const host = new InProcessWorkerHost({
      clock,
      execute: (order, hooks) => executeOrder({ ...order, profile: this.#profileFor(order.slot) }, hooks),
      overhear: (message) => this.#hear(message),
    });
    const station = Station.open({
      files: { recipe: this.#world.recipe, fixture: this.#fixture(), profile: this.#world.profile("https") },
      ...{ store: audit.store, host, clock, random: randomBytes },
      credentials: { ownerKey: this.#world.harness.service.ownerKey },
      recovered: audit.recovered,
    });
    this.#open = { audit, station };
  }

  async #closeStation(): Promise<void> {
    const { station, audit } = this.#opened;
    this.#open = undefined;
    await station.close();
    await audit.store.close();
  }

  #profileFor(slot: string) {
    const trouble = this.#troubles.get(slot);
    if (trouble?.kind !== "service") return this.#world.profile("https");
    const port = this.#servers.get(`${trouble.side} ${trouble.does}`)?.port ?? 0;
    const places: Places = { [trouble.side]: { port } };
    return this.#world.profile("https", places);
  }

  #hear(message: FromWorker): void {
    if (message.type !== "event" || message.event.type !== "phase.started") return;
    const { slot, phase } = message.event;
    const trouble = this.#troubles.get(slot);
    if (trouble?.kind === "abort" && trouble.phase === phase) this.#open?.station.abort(slot);
  }

  #fixture() {
    return FixtureSchema.parse({
      ...{ fixture: 1, name: "Long line", rows: 1, columns: this.#boards.length },
      line: { flowControl: "none", mode: "at" },
      slots: this.#boards.map(({ address }, index) => ({
        ...{ slot: String(index + 1), row: 1, column: index + 1, port: { tcp: address } },
      })),
    });
  }
}
