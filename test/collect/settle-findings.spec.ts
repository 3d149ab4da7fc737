import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hashRow } from "../../src/audit/chain.ts";
import { parseCentralAddress } from "../../src/collect/central-address.ts";
import { centralSchema } from "../../src/collect/central-schema.ts";
import { CentralStore } from "../../src/collect/central-store.ts";
import { Ingest } from "../../src/collect/ingest.ts";
import { openSession, prepareCentral } from "../../src/collect/open-central.ts";
import { centralStations } from "../../src/collect/read/central-history.ts";
import { openForReading } from "../../src/collect/read/open-for-reading.ts";
import { settleFindings, type Settled } from "../../src/collect/settle-findings.ts";
import type { Sql } from "../../src/collect/sql.ts";
import { verifyCentral } from "../../src/collect/verify-central.ts";
import type { LineEvent, LineMessage } from "../../src/contract/line-message.ts";
import { Secret } from "../../src/core/secret.ts";
import { failureOf } from "../audit/samples.ts";
import { PostgresServer } from "../fakes/postgres-server.ts";
import { inStream, recordedChain } from "./sample-chain.ts";

const NOW = Date.UTC(2026, 2, 1, 9);
const BY = { settledBy: "Maria", settledWhy: "the disk of a1 was put back" };
let chain: readonly LineMessage[];
let server: PostgresServer;
let folder: string;

beforeAll(async () => {
  chain = await recordedChain(3);
  server = await PostgresServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "settle-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const last = (): number => chain.length - 1;

function at(position: number): LineEvent {
  const message = chain[position];
  if (message === undefined || !("hash" in message)) throw new TypeError(`no row ${position}`);
  return message;
}

/** The row with other content and a digest that fits it. */
function forged(position: number): LineEvent {
  const row = { ...at(position), body: `${at(position).body.slice(0, -1)},"x":1}` };
  return { ...row, hash: hashRow(row) };
}

/** The row with content that its digest does not fit. */
const changed = (position: number): LineEvent => ({
  ...at(position),
  body: `${at(position).body.slice(0, -1)},"x":1}`,
});

/** A chain without the station's key behind a row: its rows fit each other, and no signed head fits them. */
function remade(from: number): readonly LineMessage[] {
  let previous = "";
  return chain.map((message) => {
    if (!("hash" in message)) return message;
    const isOwn = message.position < from;
    const row = isOwn ? message : { ...(message.position === from ? forged(from) : message), previous };
    previous = isOwn ? row.hash : hashRow(row);
    return { ...row, hash: previous };
  });
}

describe.each(["sqlite", "postgres"] as const)("findings that a person settles, in %s", (engine) => {
  let sql: Sql;
  let ingest: Ingest;
  const opened: Sql[] = [];
  const address = (user?: string): Secret =>
    new Secret(engine === "sqlite" ? join(folder, "central.db") : server.address("postgres", user));

  async function session(): Promise<Sql> {
    const made = await openSession(parseCentralAddress(address()), { readOnly: false, program: "spec" });
    opened.push(made);
    return made;
  }

  beforeEach(async () => {
    sql = await session();
    if (engine === "postgres") await sql.script("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    await prepareCentral(sql, NOW);
    ingest = await reopened();
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  const reopened = (): Promise<Ingest> => Ingest.open(new CentralStore(sql), { now: () => NOW, random: randomBytes });
  const take = async (messages: readonly LineMessage[], first = 1): Promise<void> => {
    await ingest.take(inStream(messages, first), "stream");
  };
  const verdict = async (): Promise<unknown[]> => {
    const [row = []] = await sql.all("SELECT position, verdict, verdict_position FROM station");
    return [...row];
  };
  const openIds = async (): Promise<string[]> => {
    const rows = await sql.all("SELECT id FROM finding WHERE settled_at IS NULL ORDER BY position");
    return rows.map(([id]) => String(id));
  };
  const settle = async (which: string): Promise<Settled> => {
    const settled = await settleFindings(await session(), which, BY, { now: NOW, random: randomBytes });
    ingest = await reopened();
    return settled;
  };
  const checks = async (): Promise<unknown> => verifyCentral(sql);

  it("a fork keeps its row with who, when and why, and the next one counts again", async () => {
    const [first, second] = [forged(6), forged(7)];
    await take([...chain, first]);
    expect(await verdict()).toEqual([last(), "fork", 6]);
    const [id = ""] = await openIds();
    expect(await settle(id)).toMatchObject({ verdict: { kind: "good" }, settled: [{ id, ...BY }], open: [] });
    expect(await verdict()).toEqual([last(), "good", null]);
    expect(await centralStations(sql)).toMatchObject([{ chain: { ok: true, upTo: last() } }]);
    expect(await sql.all("SELECT kind, position, settled_at, settled_by, settled_why FROM finding")).toEqual([
      ["fork", 6, new Date(NOW).toISOString(), BY.settledBy, BY.settledWhy],
    ]);
    await take([second], 500);
    expect(await verdict()).toEqual([last(), "fork", 7]);
    await take(
      [{ ...first, at: "2026-03-01T23:00:00.000Z" }].map((row) => ({ ...row, hash: hashRow(row) })),
      501,
    );
    expect(await verdict()).toEqual([last(), "fork", 6]);
  });

  it("a row that does not follow lets the chain go on behind it, and what comes later is judged", async () => {
    const rest = last() - 3;
    await take([...chain.slice(0, 6), forged(6), ...chain.slice(7, rest)]);
    expect(await verdict()).toEqual([6, "fork", 7]);
    expect(await settle("a1")).toMatchObject({ verdict: { kind: "good" }, state: { position: rest - 1 } });
    expect(await checks()).toMatchObject([{ ok: true, position: rest - 1, settled: 1 }]);
    await take(chain.slice(rest, last()), 500);
    expect(await verdict()).toEqual([last() - 1, "good", null]);
    await take(
      [{ ...forged(last()), previous: "0".repeat(64) }].map((row) => ({ ...row, hash: hashRow(row) })),
      600,
    );
    expect(await verdict()).toEqual([last() - 1, "fork", last()]);
    expect(await checks()).toMatchObject([{ ok: false, misfit: { position: last() } }]);
  });

  it("a signature is settled one at a time: the next one that does not fit is a finding of its own", async () => {
    await take(remade(4));
    const heads = chain.flatMap((message, index) => (index > 4 && message.type === "chain.head" ? [index] : []));
    expect(heads.length).toBeGreaterThan(1);
    for (const [index, head] of heads.entries()) {
      expect((await verdict()).slice(1)).toEqual(["signature", head]);
      const next = heads[index + 1];
      const { verdict: after } = await settle("a1");
      expect(after).toMatchObject(next === undefined ? { kind: "good" } : { kind: "signature", position: next });
    }
    expect(await verdict()).toEqual([last(), "good", null]);
    expect(await checks()).toMatchObject([{ ok: true, position: last(), settled: heads.length }]);
  });

  it("rows that are lost for good are passed over; one that comes after all must fit those beside it", async () => {
    await take([...chain.slice(0, 5), ...chain.slice(9)]);
    expect(await verdict()).toEqual([4, "gap", 5]);
    expect(await settle("a1")).toMatchObject({ verdict: { kind: "good" }, state: { position: last() } });
    expect(await checks()).toMatchObject([{ ok: true, position: last(), settled: 1 }]);
    await take([at(5), at(8)], 500);
    expect(await verdict()).toEqual([last(), "good", null]);
    await take([forged(7)], 600);
    expect(await verdict()).toEqual([last(), "fork", 8]);
  });

  it("a row that was changed on its way is passed over once the row behind it is there", async () => {
    await take([...chain.slice(0, 6), changed(6)]);
    expect(await verdict()).toEqual([5, "changed", 6]);
    expect(await settle("a1")).toMatchObject({ verdict: { kind: "good" }, state: { position: 5 } });
    expect(await checks()).toMatchObject([{ ok: true, position: 5 }]);
    await take(chain.slice(7), 500);
    expect(await verdict()).toEqual([last(), "good", null]);
    expect(await checks()).toMatchObject([{ ok: true, position: last(), settled: 1 }]);
    await take([at(6)], 900);
    expect(await verdict()).toEqual([last(), "good", null]);
    expect(await checks()).toMatchObject([{ ok: true, settled: 0 }]);
  });

  it("is noticed by a collector at its next commit, which takes nothing then", async () => {
    await take([...chain.slice(0, 8), forged(6)]);
    const working = ingest;
    await settle("a1");
    expect(await failureOf(working.take(inStream(chain.slice(8), 500), "stream"))).toMatchObject({
      code: "collect.changed",
    });
    expect(await verdict()).toEqual([7, "good", null]);
    await take(chain.slice(8), 500);
    expect(await verdict()).toEqual([last(), "good", null]);
  });

  it("cannot be what is not there, what is settled, or a missing identity", async () => {
    await take([...chain.slice(1), forged(6)]);
    expect(await failureOf(settle("nobody"))).toMatchObject({ code: "collect.cannot-settle" });
    const { open, verdict: kept } = await settle("a1");
    expect(open).toMatchObject([{ kind: "gap", position: 0 }]);
    expect(kept).toMatchObject({ kind: "gap", position: 0 });
    expect(await failureOf(settle("a1"))).toMatchObject({ code: "collect.cannot-settle" });
    expect(await failureOf(settle(open[0]?.id ?? ""))).toMatchObject({ code: "collect.cannot-settle" });
  });

  it("is refused to whoever may only read, and nothing has changed", async () => {
    await take([...chain, forged(6)]);
    if (engine === "postgres")
      await sql.script(`
        DROP ROLE IF EXISTS reader;
        CREATE ROLE reader LOGIN PASSWORD 'of-the-test';
        GRANT USAGE ON SCHEMA public TO reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`);
    const reader =
      engine === "sqlite"
        ? await openForReading(address())
        : await openSession(parseCentralAddress(address("reader")), { readOnly: false, program: "spec" });
    opened.push(reader);
    const refusal = await failureOf(settleFindings(reader, "a1", BY, { now: NOW, random: randomBytes }));
    expect(refusal).toMatchObject({ code: "collect.rights" });
    expect(await verdict()).toEqual([last(), "fork", 6]);
  });

  it("works on a database of the schema before, which is brought up to this one and keeps what it has", async () => {
    await take([...chain.slice(0, 6), forged(6), ...chain.slice(7)]);
    const before = await downgraded();
    const reader = await openForReading(address());
    opened.push(reader);
    expect(await new CentralStore(reader).settledBetween(at(1).station, 0, 100)).toEqual([]);
    expect(await verifyCentral(reader)).toMatchObject([{ ok: false, misfit: { position: 7 } }]);
    expect(await settle("a1")).toMatchObject({ verdict: { kind: "good" }, state: { position: last() } });
    expect(await sql.all("SELECT schema, settlements FROM central")).toEqual([[2, 1]]);
    expect(await tables()).toEqual(before);
  });

  /** Puts the rows into tables of schema 1, as a collector of then would have; tells how many there are. */
  async function downgraded(): Promise<readonly number[]> {
    const dump = new Map<string, readonly (readonly unknown[])[]>();
    const columns = new Map<string, string>();
    for (const table of TABLES) {
      columns.set(
        table,
        (await columnsOf(table)).filter((name) => !name.startsWith("settle") || name === "settled_at").join(", "),
      );
      dump.set(table, await sql.all(`SELECT ${columns.get(table)} FROM ${table}`));
      await sql.script(`DROP TABLE ${table}`);
    }
    await sql.script(centralSchema(engine, 0, 1));
    for (const [table, rows] of dump)
      for (const row of rows)
        await sql.all(
          `INSERT INTO ${table} (${columns.get(table)}) VALUES (${row.map(() => "?").join(", ")})`,
          row as (string | number | null)[],
        );
    await sql.all("UPDATE central SET schema = 1");
    return tables();
  }
  const columnsOf = async (table: string): Promise<string[]> => {
    const rows =
      engine === "sqlite"
        ? await sql.all("SELECT name FROM pragma_table_info(?)", [table])
        : await sql.all(
            "SELECT column_name FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position",
            [table],
          );
    return rows.map(([name]) => String(name));
  };
  const tables = async (): Promise<readonly number[]> => {
    const counts: number[] = [];
    for (const table of TABLES) counts.push(Number((await sql.all(`SELECT count(*) FROM ${table}`))[0]?.[0]));
    return counts;
  };
});

const TABLES = ["central", "station", "event", "batch", "run", "finding"];
