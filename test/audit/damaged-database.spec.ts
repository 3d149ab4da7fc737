import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backUp } from "../../src/audit/backup.ts";
import { beginAnew } from "../../src/audit/begin-anew.ts";
import { restoreDatabase } from "../../src/audit/restore.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { at, batchId, batchStart, event, failureOf, note, wholeRun } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const PAGE = 4096;
/** Header of a log, and of a frame in it, bytes (SQLite's file format, 4). */
const LOG_HEADER = 32;
const FRAME = 24 + PAGE;

/** Writes bytes into a file; what they replace is lost. */
function overwrite(file: string, offset: number, bytes: Buffer): void {
  const whole = readFileSync(file);
  bytes.copy(whole, offset);
  writeFileSync(file, whole);
}

/** The first page of a table or index. */
function rootOf(file: string, name: string): number {
  const db = new Database(file, { readonly: true });
  try {
    return Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck().get(name));
  } finally {
    db.close();
  }
}

const junk = (size: number): Buffer => Buffer.alloc(size, 0xa5);

type Damage = { readonly what: string; readonly code: string; readonly strike: (file: string) => void };

/** What may become of a database that was closed in order. */
const AT_REST: readonly Damage[] = [
  { what: "its header is zeros", code: "audit.corrupt", strike: (file) => overwrite(file, 0, Buffer.alloc(100)) },
  { what: "its header is junk", code: "audit.corrupt", strike: (file) => overwrite(file, 0, junk(100)) },
  { what: "it has no bytes", code: "audit.cut", strike: (file) => truncateSync(file, 0) },
  { what: "it is gone", code: "audit.cut", strike: (file) => rmSync(file) },
  { what: "it ends within its header", code: "audit.corrupt", strike: (file) => truncateSync(file, 50) },
  { what: "it ends in its middle", code: "audit.corrupt", strike: (file) => truncateSync(file, 10 * PAGE) },
  {
    what: "its last page is missing",
    code: "audit.corrupt",
    strike: (file) => truncateSync(file, readFileSync(file).length - PAGE),
  },
  {
    what: "it names another program",
    code: "audit.corrupt",
    strike: (file) => overwrite(file, 68, Buffer.from("none")),
  },
  { what: "its tables are damaged", code: "audit.corrupt", strike: (file) => overwrite(file, 100, junk(PAGE - 100)) },
  {
    what: "the end of its events is damaged",
    code: "audit.corrupt",
    strike: (file) => overwrite(file, (rootOf(file, "event") - 1) * PAGE, junk(PAGE)),
  },
  {
    what: "the index of open runs is damaged",
    code: "audit.corrupt",
    strike: (file) => overwrite(file, (rootOf(file, "run_by_outcome") - 1) * PAGE, junk(PAGE)),
  },
  { what: "its head file is damaged", code: "audit.cut", strike: (file) => writeFileSync(`${file}.head`, "{") },
];

/** What may become of the log that a killed station left. */
const WITH_LOG: readonly Damage[] = [
  {
    what: "the log is cut off",
    code: "audit.cut",
    strike: (file) => truncateSync(`${file}-wal`, LOG_HEADER + 2 * FRAME + 9),
  },
  { what: "the log is gone", code: "audit.cut", strike: (file) => rmSync(`${file}-wal`) },
  {
    what: "the log's header is damaged",
    code: "audit.cut",
    strike: (file) => overwrite(`${file}-wal`, 0, junk(LOG_HEADER)),
  },
  {
    what: "the log is damaged in its middle",
    code: "audit.cut",
    strike: (file) => overwrite(`${file}-wal`, LOG_HEADER + 2 * FRAME + 100, junk(64)),
  },
  { what: "the database has no bytes, its log is there", code: "audit.cut", strike: (file) => truncateSync(file, 0) },
  { what: "the database is gone, its log is there", code: "audit.cut", strike: (file) => rmSync(file) },
  {
    what: "the header is zeros, the log is there",
    code: "audit.corrupt",
    strike: (file) => overwrite(file, 0, Buffer.alloc(100)),
  },
];

describe.each([
  ["was closed in order", AT_REST],
  ["a killed station left", WITH_LOG],
] as const)("a database that %s", (_how, damages) => {
  let temp: TempAudit;
  const copy = (): string => temp.path("copy.db");

  /** Sizes and digests of the record's files. */
  const files = (name = "audit.db"): Readonly<Record<string, string>> =>
    Object.fromEntries(
      ["", "-wal", ".head"].flatMap((ending) => {
        const path = temp.path(`${name}${ending}`);
        if (!existsSync(path)) return [];
        const bytes = readFileSync(path);
        return [[ending, `${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`]];
      }),
    );

  beforeEach(async () => {
    temp = await TempAudit.make();
    const { store } = await temp.open({ file: temp.path("made.db"), keyFolder: temp.path("audit.db.key") });
    await store.startBatch(batchStart(1, { slots: 9 }));
    for (let run = 1; run <= 9; run++)
      for (const each of wholeRun(run, "PASS", undefined, String(run))) await store.append(each);
    await store.finishBatch(batchId(1), at(9), 1);
    await backUp(temp.path("made.db"), copy());
    await store.startBatch(batchStart(2, { first: 20, time: 30 }));
    await store.append(event(20, 1, note("x".repeat(6000)), "1", 31));
    if (damages === AT_REST) await store.close();
    for (const ending of ["", "-wal", ".head"])
      if (existsSync(temp.path(`made.db${ending}`)))
        copyFileSync(temp.path(`made.db${ending}`), `${temp.file}${ending}`);
  });
  afterEach(() => temp.dispose());

  it.each(damages)(
    "is refused and left as it is where $what; then restored, or put aside, in one step",
    async (damage) => {
      damage.strike(temp.file);
      const struck = files();
      const refusal = await failureOf(temp.open());
      expect(refusal).toMatchObject({ code: damage.code, facts: { file: temp.file } });
      expect(refusal.advice).toContain("station restore");
      expect(files()).toEqual(struck);

      const aside = await beginAnew(temp.file, { clock: realClock });
      expect(files(aside.slice(temp.folder.length + 1))).toEqual(struck);
      const { store } = await temp.open();
      await store.close();
      const [first] = temp.rows("SELECT type FROM event ORDER BY position LIMIT 1");
      expect(first).toEqual({ type: "database.begun-anew" });
      expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true, runs: 0 });

      const restored = await restoreDatabase(copy(), temp.file, { clock: realClock });
      expect(restored).toMatchObject({ runs: 9 });
      await (await temp.open()).store.close();
      expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true, runs: 9 });
      expect(readdirSync(temp.folder).filter((name) => name.includes("partial"))).toEqual([]);
    },
  );
});
