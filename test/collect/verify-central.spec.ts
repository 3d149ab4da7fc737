import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseCentralAddress } from "../../src/collect/central-address.ts";
import { CentralStore } from "../../src/collect/central-store.ts";
import { Ingest } from "../../src/collect/ingest.ts";
import { openSession, prepareCentral } from "../../src/collect/open-central.ts";
import type { Sql } from "../../src/collect/sql.ts";
import { verifyCentral } from "../../src/collect/verify-central.ts";
import { Secret } from "../../src/core/secret.ts";
import { inStream, recordedChain } from "./sample-chain.ts";

const NOW = Date.UTC(2026, 2, 1, 9);

describe("the check of a central database", () => {
  let folder: string;
  let sql: Sql;
  let last: number;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "verify-"));
    const address = parseCentralAddress(new Secret(join(folder, "central.db")));
    sql = await openSession(address, { readOnly: false, program: "spec" });
    await prepareCentral(sql, NOW);
    const chain = await recordedChain(2);
    const ingest = await Ingest.open(new CentralStore(sql), { now: () => NOW, random: randomBytes });
    await ingest.take(inStream(chain), "stream");
    last = chain.length - 1;
  });
  afterEach(async () => {
    await sql.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("goes to the last row, whatever the station's row says of its end", async () => {
    await sql.script("UPDATE station SET top = 3");
    expect(await verifyCentral(sql)).toMatchObject([{ ok: true, position: last }]);
    await sql.script(`UPDATE event SET body = body || ' ' WHERE position = ${last}`);
    expect(await verifyCentral(sql)).toMatchObject([{ ok: false, position: last - 1 }]);
  });

  it("misses rows that were taken out, at the end too", async () => {
    await sql.script(`DELETE FROM event WHERE position = ${last}`);
    expect(await verifyCentral(sql)).toMatchObject([{ ok: false, misfit: { kind: "gap", position: last } }]);
    await sql.script("DELETE FROM event WHERE position = 2");
    expect(await verifyCentral(sql)).toMatchObject([{ ok: false, misfit: { kind: "gap", position: 2 } }]);
  });
});
