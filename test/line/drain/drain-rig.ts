import { expect } from "vitest";
import type { AuditStore } from "../../../src/audit/audit-store.ts";
import { genesis, hashRow } from "../../../src/audit/chain.ts";
import type { AuditOptions } from "../../../src/audit/open-audit-store.ts";
import type { Outbox } from "../../../src/audit/outbox.ts";
import type { ResolvedLine } from "../../../src/contract/line-file.ts";
import type { LineEvent } from "../../../src/contract/line-message.ts";
import { seconds } from "../../../src/core/duration.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { connectLine, type Line } from "../../../src/line/connect-line.ts";
import { Drain, type DrainParts } from "../../../src/line/drain/drain.ts";
import { setUpLine } from "../../../src/line/set-up.ts";
import { batchId, batchStart, at, event, finished, identified, note } from "../../audit/samples.ts";
import type { TempAudit } from "../../audit/temp-audit.ts";
import { readEvents } from "../../fakes/line/read-stream.ts";
import { lineSettings } from "../../fakes/line/test-line.ts";

/** How many events one recorded run makes: its start, its unit, two notes and its end; the batch around it makes three more. */
export const EVENTS_A_RUN = 8;

/** An audit database that belongs to a line. */
export class StationOnLine {
  readonly temp: TempAudit;
  readonly store: AuditStore;
  readonly outbox: Outbox;
  #runs = 0;

  private constructor(temp: TempAudit, store: AuditStore, outbox: Outbox) {
    this.temp = temp;
    this.store = store;
    this.outbox = outbox;
  }

  static async open(temp: TempAudit, options: Partial<AuditOptions> = {}): Promise<StationOnLine> {
    const { store } = await temp.open({ line: "everything", ...options });
    if (store.outbox === undefined) throw new TypeError("there is no outbox");
    return new StationOnLine(temp, store, store.outbox);
  }

  /** Records whole batches of one run each. */
  async record(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      const run = ++this.#runs;
      await this.store.startBatch(batchStart(run, { first: run, time: run * 10 }));
      await Promise.all([
        this.store.append(event(run, 1, identified(run))),
        this.store.append(event(run, 2, note("one"))),
        this.store.append(event(run, 3, note("two"))),
        this.store.append(event(run, 4, finished("PASS"))),
      ]);
      await this.store.finishBatch(batchId(run), at(run * 10 + 9), 1);
    }
  }
}

/** A drain with its line. */
export type Sending = { readonly line: Line; readonly drain: Drain; close(): Promise<void> };

/** Begins to send what waits at a station. */
export function send(
  station: Pick<StationOnLine, "outbox">,
  settings: ResolvedLine,
  parts: Partial<DrainParts> = {},
): Sending {
  const line = connectLine(settings, { clock: realClock });
  const drain = new Drain({ line, source: station.outbox, clock: realClock, ...parts });
  return {
    line,
    drain,
    close: async () => {
      await drain.close();
      await line.close();
    },
  };
}

/** Sends everything that waits, and ends. */
export async function sendAll(station: StationOnLine, settings: ResolvedLine): Promise<void> {
  const sending = send(station, settings);
  try {
    expect(await sending.drain.finish(seconds(120))).toBe(true);
  } finally {
    await sending.close();
  }
}

/** Makes the streams of a line. */
export async function setUp(servers: readonly string[], replicas = 1): Promise<void> {
  const line = connectLine(lineSettings(servers), { clock: realClock });
  try {
    await setUpLine(await line.reach(seconds(20)), { replicas, lease: seconds(30) });
  } finally {
    await line.close();
  }
}

/** Expects the line to hold the whole chain of a database, each event once and in order; answers it. */
export async function expectWhole(server: string, station: StationOnLine): Promise<readonly LineEvent[]> {
  const { identity, events, ids } = await readEvents(server, station.store.stationId);
  const { createdAt, publicKey } = identity;
  expect(new Set(ids).size).toBe(ids.length);
  expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
  expect(events[0]?.previous).toBe(genesis({ id: identity.station, createdAt, publicKey }));
  expect(events.slice(1).map(({ previous }) => previous)).toEqual(events.slice(0, -1).map(({ hash }) => hash));
  expect(events.map((row) => hashRow(row))).toEqual(events.map(({ hash }) => hash));
  const rows = station.temp.rows("SELECT hash FROM event ORDER BY position");
  expect(events.map(({ hash }) => hash)).toEqual(rows.map((row) => row["hash"]));
  return events;
}
