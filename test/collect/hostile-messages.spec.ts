import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashRow } from "../../src/audit/chain.ts";
import { CentralStore } from "../../src/collect/central-store.ts";
import { Ingest } from "../../src/collect/ingest.ts";
import { prepareCentral } from "../../src/collect/open-central.ts";
import { SqliteSql } from "../../src/collect/sqlite-sql.ts";
import type { LineEvent, LineMessage } from "../../src/contract/line-message.ts";
import { inStream, recordedChain } from "./sample-chain.ts";

const NOW = Date.UTC(2026, 2, 1, 9);
let folder: string;
let chain: readonly LineMessage[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "collect-"));
  chain = await recordedChain();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A new central database and what fills it. */
async function central() {
  const sql = SqliteSql.open(join(folder, `${randomBytes(6).toString("hex")}.db`), { readOnly: false });
  await prepareCentral(sql, NOW);
  return { sql, ingest: await Ingest.open(new CentralStore(sql), { now: () => NOW, random: randomBytes }) };
}

describe("hostile messages", () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc
      .record({ index: fc.nat(60), change: fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue()) })
      .map(({ index, change }) =>
        new TextEncoder().encode(JSON.stringify({ ...chain[index % chain.length], ...change })),
      ),
    fc
      .record({
        index: fc.nat(60),
        field: fc.constantFrom("position", "run", "seq", "type", "at", "body", "previous", "hash", "station"),
        value: fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.integer(), fc.constant(null), fc.double()),
      })
      .map(({ index, field, value }) => {
        const row = { ...chain[index % chain.length], [field]: value } as LineEvent;
        return new TextEncoder().encode(JSON.stringify({ ...row, hash: "body" in row ? safeHash(row) : "" }));
      }),
  );

  it("never stop the collector; where one took the place of a right one, that is named as a fork", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { maxLength: 12 }), async (data) => {
        const { sql, ingest } = await central();
        const subject = inStream(chain)[0]?.subject ?? "";
        const bad = data.map((each, index) => ({ streamSeq: index + 1, subject, name: "a/b", data: each }));
        await ingest.take(bad, "stream");
        await ingest.take(inStream(chain, bad.length + 1), "stream");
        const [station] = chain;
        const held = new Map(
          (await sql.all("SELECT position, hash FROM event WHERE station = ?", [station?.station ?? ""])).map(
            ([position, hash]) => [Number(position), hash] as const,
          ),
        );
        const forks = new Set(
          (await sql.all("SELECT position FROM finding WHERE kind = 'fork'")).map(([position]) => Number(position)),
        );
        const unnamed = chain.filter(
          (message) => "hash" in message && held.get(message.position) !== message.hash && !forks.has(message.position),
        );
        expect(unnamed).toEqual([]);
        await sql.close();
      }),
      { numRuns: 60 },
    );
  });
});

function safeHash(row: LineEvent): string {
  try {
    return hashRow(row);
  } catch {
    return "";
  }
}
