import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseCentralAddress } from "../../../src/collect/central-address.ts";
import { PostgresSql } from "../../../src/collect/postgres-sql.ts";
import { CentralClient } from "../../../src/collect/read/central-client.ts";
import { CentralServer } from "../../../src/collect/read/central-server.ts";
import { openForReading } from "../../../src/collect/read/open-for-reading.ts";
import type { Sql } from "../../../src/collect/sql.ts";
import type { FromThread } from "../../../src/audit/work-thread.ts";
import { seconds } from "../../../src/core/duration.ts";
import { Secret } from "../../../src/core/secret.ts";
import { failureOf } from "../../audit/samples.ts";
import { PostgresServer } from "../../fakes/postgres-server.ts";
import { before, exported, exportsTheLine, fillMany } from "./central-exporting.ts";
import { readsTheLine } from "./central-reading.ts";
import { emptyCentral, fillCentral } from "./central-samples.ts";

describe("a central database of PostgreSQL", () => {
  let server: PostgresServer;
  let folder: string;
  let count = 0;
  const opened: Sql[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "station-central-"));
    server = await PostgresServer.start();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const sql of opened.splice(0)) await sql.close();
  });

  async function session(address: string): Promise<Sql> {
    const parsed = parseCentralAddress(new Secret(address));
    if (parsed.kind !== "postgres") throw new TypeError("an address of PostgreSQL was expected");
    const limits = { connectLimit: seconds(10), statementLimit: seconds(10) };
    const sql = await PostgresSql.open(parsed, { program: "spec", readOnly: false, ...limits });
    opened.push(sql);
    return sql;
  }

  /** One database for all: making another takes longer than emptying this one. */
  async function central(): Promise<Sql> {
    const sql = await session(server.address());
    await sql.script("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    await emptyCentral(sql);
    return sql;
  }

  const place = (): string => mkdtempSync(join(folder, "exports-"));
  readsTheLine({ empty: central, file: () => join(folder, `${(count += 1)}.db`) });
  exportsTheLine({ empty: central, folder: place });

  it("leaves nothing of an export when its server goes away in the middle", async () => {
    await fillMany(await central(), 6000);
    const target = place();
    const reader = await openForReading(new Secret(server.address()));
    opened.push(reader);
    const dying = before(reader, 3, () => server.kill());
    const order = { format: "csv" as const, out: join(target, "line.csv"), filter: {} };
    try {
      expect(await failureOf(exported(dying, order))).toMatchObject({ code: "collect.lost" });
      expect(readdirSync(target)).toEqual([]);
    } finally {
      await server.restart();
    }
    const client = new CentralClient({ address: new Secret(server.address()) });
    expect(await client.export(order)).toMatchObject({ rows: 6000 });
    await client.close();
  });

  it("is read with the rights of a reader, who can change nothing", async () => {
    const sql = await central();
    await fillCentral(sql, [{ startedAt: "2026-03-02T06:00:00.000Z" }]);
    await sql.script(`
      DROP ROLE IF EXISTS reader;
      CREATE ROLE reader LOGIN PASSWORD 'of-the-test';
      GRANT USAGE ON SCHEMA public TO reader;
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`);
    const reader = await openForReading(new Secret(server.address("postgres", "reader")));
    opened.push(reader);
    expect(await reader.all("SELECT count(*) FROM run")).toEqual([[1]]);
    expect(await failureOf(reader.all("DELETE FROM run"))).toMatchObject({ code: "collect.rights" });
    await reader.script("SET default_transaction_read_only = off");
    expect(await failureOf(reader.all("DELETE FROM run"))).toMatchObject({ code: "collect.rights" });
  });

  it("is read again after its server was away, and its secrets are in no error", async () => {
    await fillCentral(await central(), [{ startedAt: "2026-03-02T06:00:00.000Z" }]);
    const told: FromThread[] = [];
    const reading = new CentralServer(
      () => openForReading(new Secret(server.address())),
      (message) => told.push(message),
    );
    const ask = async (id: number): Promise<FromThread | undefined> => {
      await reading.take({ type: "ask", id, request: { kind: "counts", asks: {} } });
      return told.at(-1);
    };
    expect(await ask(1)).toMatchObject({ type: "done", answer: { runs: 1 } });
    await server.kill();
    expect(await ask(2)).toMatchObject({ type: "failed", error: { code: "collect.unreachable" } });
    await server.restart();
    expect(await ask(3)).toMatchObject({ type: "done", answer: { runs: 1 } });
    expect(JSON.stringify(told)).not.toContain("of-the-test");
    await reading.close();
  });
});
