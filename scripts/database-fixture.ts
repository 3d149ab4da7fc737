// Makes the fixture of the audit database's newest schema, as a station that was killed leaves it:
// `node scripts/database-fixture.ts [SRC]`. SRC: the folder `src` of another version, whose schema is then the fixture's.
// A fixture is made once, when its schema is new, and never again: it is what later versions find on the disks of others.
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import type { AuditStore } from "../src/audit/audit-store.ts";
import type { AuditOptions, OpenedAudit } from "../src/audit/open-audit-store.ts";
import { realClock } from "../src/core/real-clock.ts";
import { announced, at, batchId, batchStart, concluded, event } from "../test/audit/samples.ts";
import { dump } from "./dump-database.ts";
import { identified, runId, uuidOf, verified, wholeRun } from "../test/audit/samples.ts";

type Opening = { readonly openAuditStore: (options: AuditOptions) => Promise<OpenedAudit> };
type Migrating = { readonly SCHEMA_VERSION: number };

const FIXTURES = join(import.meta.dirname, "..", "test", "fixtures", "databases");
const SHA = "c".repeat(64);

const source = resolve(process.argv[2] ?? join(import.meta.dirname, "..", "src"));
const load = (name: string): Promise<unknown> => import(pathToFileURL(join(source, "audit", name)).href);
const { openAuditStore } = (await load("open-audit-store.ts")) as Opening;
const { SCHEMA_VERSION } = (await load("migrate.ts")) as Migrating;

const target = join(FIXTURES, `schema-${SCHEMA_VERSION}`);
if (existsSync(target)) {
  process.stderr.write(`${target} is there already: a fixture is never made again\n`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), "database-fixture-"));
const file = join(folder, "audit.db");
const joined = SCHEMA_VERSION >= 4 ? { line: "everything" as const } : {};
const { store } = await openAuditStore({ file, clock: realClock, random: randomBytes, version: "fixture", ...joined });
await fill(store, SCHEMA_VERSION);
mkdirSync(target, { recursive: true });
const db = new Database(file, { readonly: true });
writeFileSync(join(target, "audit.sql"), dump(db));
db.close();
copyFileSync(`${file}.head`, join(target, "audit.db.head"));
copyFileSync(join(`${file}.key`, "station-key.pem"), join(target, "station-key.pem"));
rmSync(folder, { recursive: true });
// As kill -9: nothing is closed, and the last batch stays open.
process.exit(0);

/** Two batches that ended, one that goes on, and what else the schema has room for. */
async function fill(store: AuditStore, schema: number): Promise<void> {
  await store.startBatch(batchStart(1, { slots: 3, operator: "Ada" }));
  const kept = { source: "Tracker/values.csv", row: "B-1", sha256: SHA };
  for (const [count, outcome, code] of [
    [1, "PASS", undefined],
    [2, "FAIL", "at.silent"],
    [3, "ERROR", "link.lost"],
  ] as const)
    for (const each of wholeRun(count, outcome, code, String(count)))
      await (schema >= 2 && each.type === "unit.identified" && count === 1
        ? store.append(each, kept)
        : store.append(each));
  await store.putSetting(uuidOf(1), "after", "abc", runId(1));
  await store.finishBatch(batchId(1), at(20), 1);
  if (schema >= 3) await certificates(store);
  await store.startBatch(batchStart(2, { first: 4, time: 30, ...(schema >= 3 ? { purpose: "proof" } : {}) }));
  for (const each of wholeRun(4, "PASS", undefined, "1", 30)) await store.append(each);
  await store.finishBatch(batchId(2), at(50), 1);
  await store.startBatch(batchStart(3, { first: 5, slots: 2, time: 60, recipe: "Ünit 4", recipeText: '{"p":"Ünit"}' }));
  const open = [identified(5), announced(1), concluded(1), verified("match"), announced(2)];
  for (const [index, body] of open.entries()) await store.append(event(5, index + 1, body, "1", 61 + index));
}

async function certificates({ certificates: book }: AuditStore): Promise<void> {
  const order = { authority: "a".repeat(64), csrSha256: "b".repeat(64), uuid: uuidOf(1), run: runId(1) };
  await book.allot({ ...order, serial: "0a01" });
  await book.allot({ ...order, serial: "0a02" });
  await book.record({
    ...{ authority: order.authority, serial: "0a02", sha256: "d".repeat(64), subject: "CN=unit 1" },
    ...{ notAfter: "2036-03-01T00:00:00.000Z", pem: "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n" },
  });
}
