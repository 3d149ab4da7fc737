import type { RunEvent } from "../../../src/contract/run-event.ts";
import type { ResolvedProfile } from "../../../src/contract/profile.ts";
import { sleep } from "../../../src/core/clock.ts";
import { milliseconds, minutes } from "../../../src/core/duration.ts";
import { ChildWorkerHost } from "../../../src/station/child-worker-host.ts";
import type { WorkerHost } from "../../../src/station/worker-host.ts";
import type { FastClock } from "../../fakes/fast-clock.ts";
import type { Cell } from "../table/cell.ts";
import { FaultyCoaps } from "./faulty-coaps.ts";
import { FaultyServer } from "./faulty-server.ts";
import { LockHolder } from "./lock-holder.ts";
import { NOBODY, type MatrixWorld, type Places } from "./matrix-world.ts";
import type { PluggedBoard } from "./plugged-board.ts";

const FAILING_WORKER = `${import.meta.dirname}/../../fakes/failing-worker.ts`;

/** Within the limit of every command, and longer than all boards of a hub take to come as far, ms of the run's clock. */
const HUB_WAIT = 4500;

/** What a fault works on. */
export type FaultParts = {
  readonly cell: Cell;
  readonly world: MatrixWorld;
  readonly boards: readonly PluggedBoard[];
  readonly clock: FastClock;
  readonly audit: string;
};

/** Makes the fault of one cell, at its phase, and mends it. */
export class FaultMaker {
  readonly #parts: FaultParts;
  readonly #undone: (() => Promise<void>)[] = [];
  #places: Places = {};
  #strike: () => void = () => undefined;
  #after: () => void = () => undefined;
  #struck = false;

  constructor(parts: FaultParts) {
    this.#parts = parts;
  }

  /** How a run reaches the service now. */
  get profile(): ResolvedProfile {
    const { cell, world } = this.#parts;
    return world.profile(cell.way === "coaps" ? "coaps" : "https", this.#places);
  }

  /** The fixture's slots; a worker that fails is told so by its slot's name. */
  get slots(): readonly string[] {
    const { cell, boards } = this.#parts;
    const { cause, phase } = cell;
    if (cause.by === "worker") return [`${cause.does === "killed" ? "kill" : "loop"}-${phase}`];
    return boards.map((_, index) => String(index + 1));
  }

  /** Plugs the boards in and prepares what is to fail. */
  async prepare(): Promise<void> {
    const { cell, world, boards, clock, audit } = this.#parts;
    const { cause } = cell;
    await Promise.all(boards.map((board) => board.plug(ordersOf(cell))));
    this.#undone.push(async () => {
      for (const board of boards) {
        // A modem keeps the time that it was given: after a wrong one it must forget it.
        if (cause.by === "modem" || cause.by === "clock") board.powerCycle();
        await board.plug();
      }
    });
    switch (cause.by) {
      case "hub":
        this.#armHub(cause);
        return;
      case "owner":
      case "device":
        return this.#failServer(cause, world);
      case "coap": {
        if (cause.does === "no-name") {
          this.#places = { coaps: { host: NOBODY } };
          return;
        }
        const faulty = await FaultyCoaps.start(world.identity(cause.does !== "foreign-certificate"), cause);
        this.#places = { coaps: { port: faulty.port } };
        this.#undone.push(() => faulty.stop());
        return;
      }
      case "clock":
        this.#strike = () => clock.set(minutes(cause.hours * 60));
        this.#after = () => (cause.back ? clock.set(minutes(0)) : undefined);
        this.#undone.push(async () => clock.set(minutes(0)));
        return;
      case "lock": {
        const holder = new LockHolder(audit, cause.holds);
        this.#strike = () => holder.strike();
        this.#undone.push(() => holder.released());
        return;
      }
      case "modem":
      case "worker":
      case "spec":
        return;
    }
  }

  /** Hears what runs tell: a fault strikes as its phase begins. */
  hear(event: RunEvent): void {
    if (event.type === "phase.finished" && this.#struck) this.#after();
    if (event.type !== "phase.started" || event.phase !== this.#parts.cell.phase || this.#struck) return;
    this.#struck = true;
    this.#strike();
  }

  /** Worker processes: the first of the slot fails, the next is whole. */
  host(): WorkerHost {
    const failing = new ChildWorkerHost({ entry: FAILING_WORKER });
    const whole = new ChildWorkerHost();
    const started = { count: 0 };
    return { start: (slot, listener) => (started.count++ === 0 ? failing : whole).start(slot, listener) };
  }

  /** Puts everything right again. */
  async mend(): Promise<void> {
    this.#places = {};
    this.#struck = true;
    for (const undo of this.#undone.splice(0).toReversed()) await undo();
  }

  async stop(): Promise<void> {
    await this.mend();
    await Promise.all(this.#parts.boards.map((board) => board.unplug()));
  }

  /** Pulls the hub once the command is under way on every board, in the phase of the cell. */
  #armHub({ at, back }: Extract<Cell["cause"], { readonly by: "hub" }>): void {
    const { boards } = this.#parts;
    const busy = new Set<PluggedBoard>();
    for (const board of boards)
      board.onCommand = (command) => {
        if (!at.test(command) || busy.size === boards.length) return;
        busy.add(board);
        if (busy.size < boards.length) return;
        const pulled = sleep(this.#parts.clock, milliseconds(0)).then(() => this.#pullHub(back));
        this.#undone.push(() => pulled);
      };
  }

  async #pullHub(back: number): Promise<void> {
    const { boards, clock } = this.#parts;
    await Promise.all(boards.map((board) => board.unplug()));
    await sleep(clock, milliseconds(back));
    await Promise.all(boards.map((board) => board.plug()));
  }

  async #failServer(
    cause: Extract<Cell["cause"], { readonly by: "owner" | "device" }>,
    world: MatrixWorld,
  ): Promise<void> {
    const side = cause.by === "owner" ? "owner" : "https";
    if (cause.does === "no-name") {
      this.#places = { [side]: { host: NOBODY } };
      return;
    }
    const server = await FaultyServer.start(world.harness.service, side, world.foreign);
    this.#places = { [side]: { port: server.port } };
    await server.fail(cause.does, cause.by === "device" && cause.at === "report" ? "list" : undefined);
    this.#undone.push(() => server.stop());
  }
}

/** Faults of the boards themselves: those of the cell; on a hub each waits in the command until all are there. */
function ordersOf({ cause }: Cell): readonly string[] {
  if (cause.by === "modem") return [cause.order];
  return cause.by === "hub" ? [`slow:${HUB_WAIT}@/${cause.at.source}/*1`] : [];
}
