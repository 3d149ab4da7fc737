import { isDeepStrictEqual } from "node:util";
import type { Insertions, PortsTelling } from "../../src/contract/desktop-ports.ts";
import { WATCH_SECONDS } from "../../src/contract/desktop-ports.ts";
import { isRemote, portsAt } from "../../src/contract/port-fit.ts";
import { portKey, type Port } from "../../src/contract/port.ts";
import type { StartRequest } from "../../src/contract/station-request.ts";
import type { Clock } from "../../src/core/clock.ts";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { asStationError, reportOf, type ErrorReport } from "../../src/core/error.ts";
import type { SlotId } from "../../src/core/ids.ts";
import type { StationFiles } from "../../src/station/batch-plan.ts";
import {
  absentSlots,
  decideInsertions,
  nextInsertions,
  nextSettling,
  NOTHING_SEEN,
  type InsertionInput,
  type Insertions as Plugs,
} from "../../src/station/insertions.ts";
import type { PortWatch } from "../../src/station/port-watch.ts";
import type { Station } from "../../src/station/station.ts";
import type { Handlers } from "../ipc/handlers.ts";

export type InsertionParts = {
  readonly station: Pick<Station, "subscribe" | "snapshot">;
  /** The files that the station works with now. */
  readonly files: () => Pick<StationFiles, "fixture" | "recipe">;
  readonly watch: PortWatch;
  readonly clock: Clock;
  /** Starts a batch as the window's request does. */
  readonly start: (request: StartRequest) => Promise<unknown>;
  /** Told whenever {@link InsertionDesk.current} is another one. */
  readonly tell: (insertions: Insertions) => void;
  /** Told of the ports while the window looks at them. */
  readonly tellPorts: (telling: PortsTelling) => void;
};

type PortHandlers = Pick<Handlers, "ports.list" | "ports.watch" | "insertion.arm" | "insertion.serials">;

/** What is plugged into the slots, for the window, and the runs that start by plugging in. */
export class InsertionDesk {
  readonly #parts: InsertionParts;
  #plugs: Plugs = NOTHING_SEEN;
  #serials: ReadonlyMap<SlotId, string> = new Map();
  #fault: ErrorReport | undefined;
  #told: Insertions;
  #cancelTick: () => void = () => undefined;
  #endLook: () => void = () => undefined;
  #endWatch: () => void = () => undefined;
  #endLease: () => void = () => undefined;
  #boards = 0;

  constructor(parts: InsertionParts) {
    this.#parts = parts;
    this.#told = this.#facts([]);
    parts.station.subscribe((news) => {
      if (news.kind === "batch.started") this.#take({ kind: "used", slots: news.slots });
    });
  }

  /** What the window shows. */
  get current(): Insertions {
    return this.#told;
  }

  /** Looks at the ports from now on, where slots have some. */
  begin(): void {
    this.#endLook();
    const local = this.#parts.files().fixture.slots.some(({ port }) => !isRemote(port));
    this.#endLook = local ? this.#parts.watch.watch((telling) => this.#seen(telling)) : () => undefined;
  }

  /** The station works with another fixture or recipe: nothing is armed, nothing has been seen. */
  configured(): void {
    this.#serials = new Map();
    this.#fault = undefined;
    this.#plugs = NOTHING_SEEN;
    this.#publish();
    this.begin();
    const { last } = this.#parts.watch;
    if (last !== undefined) this.#seen(last);
  }

  /** Nothing starts by itself any more; harmless when repeated. */
  disarm(): void {
    this.#fault = undefined;
    this.#take({ kind: "disarm" });
  }

  /** Other simulated boards lie in the slots with network addresses. */
  renewed(): void {
    const { clock, files } = this.#parts;
    const slots = files()
      .fixture.slots.filter(({ port }) => isRemote(port))
      .map(({ slot }) => slot);
    this.#boards += 1;
    this.#take({ kind: "renewed", at: clock.monotonic(), slots, board: `board ${this.#boards}` });
  }

  /** Ends all looking. */
  close(): void {
    this.#endLook();
    this.#lookNoMore();
    this.#cancelTick();
  }

  handlers(): PortHandlers {
    const { watch } = this.#parts;
    return {
      "ports.list": async () => copied(await watch.look()),
      "ports.watch": ({ on }) => {
        if (on) this.#lease();
        else this.#lookNoMore();
        return null;
      },
      "insertion.arm": ({ armed }) => {
        this.#fault = undefined;
        this.#take({ kind: armed ? "arm" : "disarm" });
        return null;
      },
      "insertion.serials": ({ serials }) => {
        // The schema has taken the names as slots.
        this.#serials = new Map(Object.entries(serials) as [SlotId, string][]);
        this.#act();
        return null;
      },
    };
  }

  /** The window looks at the ports; one that was closed without a word is forgotten after a while. */
  #lease(): void {
    const { clock, watch, tellPorts } = this.#parts;
    this.#lookNoMore();
    const cancel = clock.after(seconds(WATCH_SECONDS), () => this.#lookNoMore());
    this.#endLease = cancel;
    this.#endWatch = watch.watch((telling) => tellPorts(copied(telling)));
  }

  #lookNoMore(): void {
    this.#endLease();
    this.#endWatch();
    this.#endLease = () => undefined;
    this.#endWatch = () => undefined;
  }

  #seen({ ports, fault }: PortsTelling): void {
    if (fault !== undefined) return;
    const at = this.#parts.clock.monotonic();
    this.#take({ kind: "seen", at, ports: portsBySlot(this.#parts.files().fixture.slots, ports) });
  }

  #take(input: InsertionInput): void {
    this.#plugs = nextInsertions(this.#plugs, input);
    this.#act();
    this.#cancelTick();
    const settling = nextSettling(this.#plugs);
    if (settling === undefined) return;
    const { clock } = this.#parts;
    const wait = milliseconds(Math.max(0, settling - clock.monotonic()));
    this.#cancelTick = clock.after(wait, () => this.#tick());
  }

  #tick(): void {
    this.#take({ kind: "tick", at: this.#parts.clock.monotonic(), running: this.#running() });
  }

  /** Starts what is to be started; each insertion is used before its start is asked for. */
  #act(): void {
    const { start, waiting } = this.#decide();
    if (start.length > 0) {
      const serials = Object.fromEntries(
        start.flatMap((slot) => {
          const serial = this.#serials.get(slot);
          return serial === undefined ? [] : [[slot, serial] as const];
        }),
      );
      this.#serials = new Map([...this.#serials].filter(([slot]) => !start.includes(slot)));
      this.#plugs = nextInsertions(this.#plugs, { kind: "used", slots: start });
      void this.#start({ slots: [...start], serials, again: false });
    }
    this.#publish(waiting);
  }

  async #start(request: StartRequest): Promise<void> {
    try {
      await this.#parts.start(request);
      this.#fault = undefined;
    } catch (error) {
      // A person was quicker: the unit runs, which is what was wanted.
      if (asStationError(error).code !== "station.slot-busy") this.#fault = reportOf(error);
    }
    this.#publish();
  }

  #decide() {
    const { fixture, recipe } = this.#parts.files();
    return decideInsertions(this.#plugs, {
      slots: fixture.slots.map(({ slot }) => slot),
      running: this.#running(),
      serials: this.#serials,
      needsSerial: recipe.recipe.boardSerial?.required === true,
    });
  }

  #running(): ReadonlySet<SlotId> {
    return new Set(this.#parts.station.snapshot().flatMap(({ kind, slot }) => (kind === "running" ? [slot] : [])));
  }

  #publish(waiting: readonly SlotId[] = this.#decide().waiting): void {
    const insertions = this.#facts(waiting);
    if (isDeepStrictEqual(insertions, this.#told)) return;
    this.#told = insertions;
    this.#parts.tell(insertions);
  }

  #facts(waiting: readonly SlotId[]): Insertions {
    const { armed } = this.#plugs;
    const fault = this.#fault === undefined ? {} : { fault: this.#fault };
    return { armed, absent: [...absentSlots(this.#plugs)], waiting: [...waiting], ...fault };
  }
}

/** What is at each slot whose port can be seen; several ports that fit are none that could be used. */
function portsBySlot(
  slots: StationFiles["fixture"]["slots"],
  ports: readonly Port[],
): ReadonlyMap<SlotId, string | undefined> {
  return new Map(
    slots.flatMap(({ slot, port }) => {
      if (isRemote(port)) return [];
      const [first, second] = portsAt(port, ports);
      return [[slot, first === undefined || second !== undefined ? undefined : portKey(first)] as const];
    }),
  );
}

/** Messages between processes are the receiver's own. */
function copied({ ports, fault }: PortsTelling): PortsTelling {
  return { ports: [...ports], ...(fault === undefined ? {} : { fault }) };
}
