import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hashRow } from "../../src/audit/chain.ts";
import { CentralStore } from "../../src/collect/central-store.ts";
import type { StreamMessage } from "../../src/collect/decode.ts";
import { Ingest } from "../../src/collect/ingest.ts";
import { prepareCentral } from "../../src/collect/open-central.ts";
import type { Sql } from "../../src/collect/sql.ts";
import { SqliteSql } from "../../src/collect/sqlite-sql.ts";
import type { LineEvent, LineMessage } from "../../src/contract/line-message.ts";
import { inStream, recordedChain } from "./sample-chain.ts";

const NOW = Date.UTC(2026, 2, 1, 9);
let chain: readonly LineMessage[];
let folder: string;
let sql: Sql;
let ingest: Ingest;

beforeAll(async () => {
  chain = await recordedChain();
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "collect-"));
  sql = SqliteSql.open(join(folder, "central.db"), { readOnly: false });
  await prepareCentral(sql, NOW);
  ingest = await reopened();
});

afterEach(async () => {
  await sql.close();
  rmSync(folder, { recursive: true, force: true });
});

function reopened(): Promise<Ingest> {
  return Ingest.open(new CentralStore(sql), { now: () => NOW, random: randomBytes });
}

async function take(messages: readonly StreamMessage[]): Promise<void> {
  await ingest.take(messages, "stream");
}

async function verdict(): Promise<unknown[]> {
  const [row = []] = await sql.all("SELECT position, verdict, verdict_position, verdict_text FROM station");
  return [...row];
}

async function findings(): Promise<unknown[][]> {
  const rows = await sql.all(
    "SELECT kind, position, last_position, settled_at IS NOT NULL FROM finding ORDER BY position, kind",
  );
  return rows.map((row) => [...row]);
}

function at(position: number): LineEvent {
  const message = chain[position];
  if (message === undefined || !("hash" in message)) throw new TypeError(`no row ${position}`);
  return message;
}

const last = (): number => chain.length - 1;

describe("a station's chain that comes as it is", () => {
  it("is stored whole, holds to its end, and is signed", async () => {
    await take(inStream(chain));
    expect(await verdict()).toEqual([last(), "good", null, null]);
    const [row] = await sql.all("SELECT count(*), count(DISTINCT position) FROM event");
    expect(row).toEqual([last(), last()]);
    const [station] = await sql.all("SELECT name, heads, signed_up_to, thumbprint FROM station");
    expect(station?.slice(0, 3)).toEqual(["a1", 3, last() - 1]);
    expect(await findings()).toEqual([]);
  });

  it("gives the rows of runs and batches that the station has, with its name", async () => {
    await take(inStream(chain));
    const runs = await sql.all("SELECT slot, outcome, uuid IS NOT NULL, batch, station_name FROM run ORDER BY id");
    expect(runs.map((row) => row.slice(0, 3))).toEqual([
      ["1", "PASS", 1],
      ["2", "PASS", 1],
      ["1", "PASS", 1],
      ["2", "PASS", 1],
    ]);
    const batches = await sql.all("SELECT id, fixture, pass, finished_at IS NOT NULL FROM batch ORDER BY id");
    expect(batches.map(([id]) => id)).toEqual([...new Set(runs.map((row) => row[3]))]);
    expect(batches.map((row) => row.slice(1))).toEqual([
      ["Bench A", 2, 1],
      ["Bench A", 2, 1],
    ]);
    expect(new Set(runs.map((row) => row[4]))).toEqual(new Set(["a1"]));
  });

  it("comes to the same when every message is a commit of its own and the collector starts anew in between", async () => {
    for (const message of inStream(chain)) {
      await take([message]);
      ingest = await reopened();
    }
    expect(await verdict()).toEqual([last(), "good", null, null]);
    const [row] = await sql.all("SELECT count(*) FROM run WHERE outcome = 'PASS' AND batch <> ''");
    expect(row).toEqual([4]);
    expect(await new CentralStore(sql).place()).toMatchObject({ cursor: chain.length, stream: "stream" });
  });
});

describe("what does not fit is named with its position", () => {
  it("a dropped message is a gap, which is settled once it comes", async () => {
    await take(inStream([...chain.slice(0, 5), ...chain.slice(6)]));
    expect(await verdict()).toEqual([4, "gap", 5, "the row is missing"]);
    ingest = await reopened();
    await take(inStream([at(5)], 100));
    expect(await verdict()).toEqual([last(), "good", null, null]);
    expect(await findings()).toEqual([
      ["gap", 5, 5, 1],
      ["reordered", 5, 5, 1],
    ]);
  });

  it("a gap of several that is filled from its middle is cut in two", async () => {
    await take(inStream([...chain.slice(0, 5), ...chain.slice(10)]));
    expect(await verdict()).toEqual([4, "gap", 5, "the rows up to 9 are missing"]);
    await take(inStream([at(7)], 100));
    expect((await findings()).filter(([kind]) => kind === "gap")).toEqual([
      ["gap", 5, 6, 0],
      ["gap", 8, 9, 0],
    ]);
    await take(inStream([at(9), at(8), at(6), at(5)], 101));
    expect(await verdict()).toEqual([last(), "good", null, null]);
  });

  it("two messages in the wrong order are named, and nothing else comes of it", async () => {
    await take(inStream([...chain.slice(0, 5), at(6), at(5), ...chain.slice(7)]));
    expect(await verdict()).toEqual([last(), "good", null, null]);
    expect(await findings()).toEqual([
      ["gap", 5, 5, 1],
      ["reordered", 5, 5, 1],
    ]);
  });

  it("repeated messages are named in one range and stored once", async () => {
    await take(inStream([...chain, ...chain.slice(3, 8)]));
    expect(await verdict()).toEqual([last(), "good", null, null]);
    expect(await findings()).toEqual([["repeated", 3, 7, 1]]);
    expect((await sql.all("SELECT count(*) FROM event"))[0]).toEqual([last()]);
  });

  it("a changed message is named, kept aside, and made good by the right one", async () => {
    const changed = { ...at(6), body: at(6).body.replace("Tracker", "Cracker") };
    const other = changed.body === at(6).body ? { ...changed, body: `${changed.body.slice(0, -1)},"x":1}` } : changed;
    await take(inStream([...chain.slice(0, 6), other, ...chain.slice(7)]));
    expect(await verdict()).toEqual([5, "changed", 6, "its content was changed: it does not have its digest"]);
    expect((await sql.all("SELECT count(*) FROM event WHERE position = 6"))[0]).toEqual([0]);
    const [kept] = await sql.all("SELECT message FROM finding WHERE kind = 'changed'");
    expect(String(kept?.[0])).toContain('"position":6');
    await take(inStream([at(6)], 200));
    expect(await verdict()).toEqual([last(), "good", null, null]);
  });

  it("a changed message with a digest of its own is found at the row behind it", async () => {
    const forged = { ...at(6), body: `${at(6).body.slice(0, -1)},"x":1}` };
    await take(inStream([...chain.slice(0, 6), { ...forged, hash: hashRow(forged) }, ...chain.slice(7)]));
    expect(await verdict()).toEqual([6, "fork", 7, "it does not follow row 6: one of the two was changed"]);
  });

  it("a second row for one place is a fork, and the first one stays", async () => {
    const second = { ...at(6), at: "2026-03-01T23:00:00.000Z" };
    await take(inStream([...chain, { ...second, hash: hashRow(second) }]));
    expect(await verdict()).toEqual([last(), "fork", 6, "another row has come for this place before"]);
    expect((await sql.all("SELECT hash FROM event WHERE position = 6"))[0]).toEqual([at(6).hash]);
  });

  it("what is wrong stays open behind more findings than are held, and is told once those are settled", async () => {
    const [first] = inStream([chain[0] ?? at(1)]);
    const noise = Array.from({ length: 230 }, (_, index) => ({
      ...{ streamSeq: 1000 + index, subject: first?.subject ?? "", name: "a1" },
      data: new TextEncoder().encode("noise"),
    }));
    const second = { ...at(6), at: "2026-03-01T23:00:00.000Z" };
    await take([...inStream(chain), ...noise, ...inStream([{ ...second, hash: hashRow(second) }], 2000)]);
    expect((await sql.all("SELECT count(*) FROM finding WHERE settled_at IS NULL"))[0]).toEqual([231]);
    await sql.all("UPDATE finding SET settled_at = '2026-03-02T00:00:00.000Z' WHERE kind = 'unreadable'");
    ingest = await reopened();
    await take(inStream([at(3)], 3000));
    expect((await verdict()).slice(1)).toEqual(["fork", 6, "another row has come for this place before"]);
  });

  it("a chain that was made anew behind a row without the station's key fails at its first signed head", async () => {
    const forged: LineMessage[] = [];
    let previous = "";
    for (const message of chain) {
      if (!("hash" in message)) {
        forged.push(message);
        continue;
      }
      const { position, type } = message;
      if (position < 4) {
        forged.push(message);
        previous = message.hash;
        continue;
      }
      const body = type === "chain.head" ? message.body : message.body.replace("Bench A", "Bench B");
      const row = { ...message, body, previous };
      previous = hashRow(row);
      forged.push({ ...row, hash: previous });
    }
    await take(inStream(forged));
    expect((await verdict()).slice(1, 2)).toEqual(["signature"]);
  });

  it("signed heads that were taken out are missed when the next batch starts", async () => {
    let previous = "";
    let position = 0;
    const without: LineMessage[] = [];
    for (const message of chain) {
      if (!("hash" in message)) {
        without.push(message);
        continue;
      }
      if (message.type === "chain.head") continue;
      position += 1;
      const row = { ...message, position, previous: position === 1 ? message.previous : previous };
      previous = hashRow(row);
      without.push({ ...row, hash: previous });
    }
    await take(inStream(without));
    const [row] = await sql.all("SELECT verdict, verdict_text FROM station");
    expect(row).toEqual([
      "signature",
      "a batch starts though what came before is not signed: a signed head was taken out",
    ]);
  });

  it("a missing identity holds the chain up until it comes", async () => {
    await take(inStream(chain.slice(1)));
    expect((await verdict()).slice(0, 3)).toEqual([0, "gap", 0]);
    await take(inStream(chain.slice(0, 1), 100));
    expect(await verdict()).toEqual([last(), "good", null, null]);
  });

  it("another identity is a fork at 0, the same once more a repeat", async () => {
    const [identity] = chain;
    if (identity === undefined || !("publicKey" in identity)) throw new TypeError("no identity");
    await take(inStream([...chain, identity]));
    expect(await verdict()).toEqual([last(), "good", null, null]);
    await take(inStream([{ ...identity, createdAt: "2026-01-01T00:00:00.000Z" }], 100));
    expect((await verdict()).slice(1, 3)).toEqual(["fork", 0]);
  });

  it("another station's event and what is no event are named, and the chain goes on behind them", async () => {
    const [good] = inStream([at(3)], 50);
    const subject = good?.subject ?? "";
    const stranger = { ...at(3), station: "01900000-0000-7000-8000-00000000dead" };
    await take([
      ...inStream(chain.slice(0, 3)),
      { streamSeq: 4, subject, name: undefined, data: new TextEncoder().encode(JSON.stringify(stranger)) },
      { streamSeq: 5, subject, name: undefined, data: Uint8Array.of(0xff, 0, 1) },
    ]);
    expect((await verdict()).slice(1, 2)).toEqual(["foreign"]);
    await take(inStream(chain.slice(3), 6));
    expect(await verdict()).toEqual([last(), "good", null, null]);
    expect((await findings()).map(([kind, position]) => [kind, position])).toEqual([
      ["foreign", 3],
      ["unreadable", 3],
    ]);
  });

  it("rows of a run whose start came late have what all of its events tell", async () => {
    const start = chain.findIndex((message) => message.type === "run.started");
    const batch = chain.findIndex((message) => message.type === "batch.started");
    const order = chain.filter((_, index) => index !== start && index !== batch);
    await take(inStream([...order, at(start), at(batch)]));
    const rows = await sql.all("SELECT outcome, uuid IS NOT NULL, batch IN (SELECT id FROM batch) FROM run");
    expect(rows).toEqual(Array.from({ length: 4 }, () => ["PASS", 1, 1]));
    expect(await verdict()).toEqual([last(), "good", null, null]);
  });
});
