import type { LineUnitEvent } from "../../../src/contract/line-event.ts";
import type { InterlockRule, ResolvedLine } from "../../../src/contract/line-file.ts";
import { seconds, type Duration } from "../../../src/core/duration.ts";
import { asStationError, type StationError } from "../../../src/core/error.ts";
import type { DeviceUuid, RunId, SlotId } from "../../../src/core/ids.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { connectLine, type Line } from "../../../src/line/connect-line.ts";
import { setUpLine } from "../../../src/line/set-up.ts";
import { openInterlock, type LineInterlock } from "../../../src/line/units/line-interlock.ts";
import type { Hold } from "../../../src/line/units/interlock.ts";
import { lineSettings } from "../../fakes/line/test-line.ts";
import { idOf } from "./interlock-rig.ts";

export const unitOf = (number: number): DeviceUuid =>
  `50363154-3931-44f0-8022-${String(number).padStart(12, "0")}` as DeviceUuid;

/** What came of asking for a unit. */
export type Asked = {
  readonly hold?: Hold;
  readonly refusal?: StationError;
  readonly run: RunId;
  /** What the run was told while it had the unit, with the time. */
  readonly told: { readonly code: string; readonly how: "stop" | "cut"; readonly at: number }[];
};

/** A station on a real line, as far as units are concerned. */
export class LineStation {
  readonly line: Line;
  readonly opened: LineInterlock;
  readonly events: LineUnitEvent[] = [];
  readonly #number: number;
  #runs = 0;

  constructor(
    number: number,
    servers: readonly string[],
    rule: Partial<InterlockRule> = {},
    limits = LIMITS,
    changes: Partial<ResolvedLine> = {},
  ) {
    this.#number = number;
    const interlock = { whenAway: "refuse", leaseSeconds: 30, training: false, ...rule } as const;
    const settings = lineSettings(servers, { station: { name: `s${number}` }, interlock, limits, ...changes });
    this.line = connectLine(settings, { clock: realClock });
    const record = {
      note: async (event: LineUnitEvent): Promise<void> => void this.events.push(event),
      endedAlone: () => [],
    };
    const opened = openInterlock(this.line, { clock: realClock, stationId: idOf(900 + number), record });
    if (opened === undefined) throw new RangeError("no interlock");
    this.opened = opened;
  }

  /** Makes the line's streams and buckets. */
  async setUp(lease: Duration, replicas = 1): Promise<void> {
    await setUpLine(await this.line.reach(seconds(10)), { replicas, lease });
  }

  /** Asks for a unit. */
  async ask(uuid: DeviceUuid, again = true): Promise<Asked> {
    this.#runs += 1;
    const run = idOf(this.#number * 1_000_000 + this.#runs) as RunId;
    const told: Asked["told"] = [];
    try {
      const hold = await this.opened.interlock.claim({
        ...{ run, slot: "1" as SlotId, uuid, startedAt: new Date().toISOString() },
        ...{ recipe: "Board 1", recipeSha256: "a".repeat(64), training: false, again, provisions: true },
        signal: new AbortController().signal,
        lost: ({ code }, how) => told.push({ code, how, at: performance.now() }),
      });
      return { hold, run, told };
    } catch (error) {
      return { refusal: asStationError(error), run, told };
    }
  }

  /** Ends a run. */
  end({ hold }: Asked, outcome: "PASS" | "FAIL"): void {
    hold?.release({ outcome, at: new Date().toISOString() });
  }

  async close(): Promise<void> {
    await this.opened.close();
    await this.line.close();
  }

  /** Its program is gone: nothing is given back, nothing renewed. */
  async die(): Promise<void> {
    await this.line.close();
  }
}

const LIMITS: ResolvedLine["limits"] = { connectSeconds: 2, requestSeconds: 3 };
