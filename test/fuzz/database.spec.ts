import { randomBytes } from "node:crypto";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backUp } from "../../src/audit/backup.ts";
import { History } from "../../src/audit/history.ts";
import { draftExport } from "../../src/audit/export-draft.ts";
import { headFileOf } from "../../src/audit/head-file.ts";
import { makeExport } from "../../src/audit/make-export.ts";
import { openAuditStore } from "../../src/audit/open-audit-store.ts";
import { readReport } from "../../src/audit/read-report.ts";
import { restoreDatabase } from "../../src/audit/restore.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { milliseconds } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { ReportOrderSchema } from "../../src/contract/report.ts";
import { batchId, batchStart, runId, wholeRun } from "../audit/samples.ts";
import { TempAudit } from "../audit/temp-audit.ts";
import { framesOf } from "./support/frames.ts";
import { assertSurvives, type Target } from "./support/fuzz.ts";
import { endOf } from "./support/refusal.ts";

/** Changes of an audit database, each behind its length in two bytes; or what stands in the place of one. */
const TARGET: Target = {
  corpus: "database",
  cost: 25,
  dictionary: [
    ...[
      "53514c69746520666f726d6174203300",
      "0000000000",
      "ffffffff",
      "0000000d",
      "00000005",
      "1000",
      "0a",
      "0d",
      "05",
      "02",
    ],
    ...["7b", "7d", "22", "00", "50415353", "4641494c", "ffffffffffffffff", "000a0000000000ffffffffffff"],
  ].map((hex) => Buffer.from(hex, "hex")),
};

const REPORT = ReportOrderSchema.parse({ filter: { mode: "both" }, zone: "UTC" });
/** Seeds that stand in the place of a file as they are; the others are changes of one. */
const isWholeFile = ({ name }: { readonly name: string }): boolean =>
  /^hostile-(?:text|magic-|zeros|json|empty)/.test(name);
const AUDIT = /^(?:taken|audit\.)/;

describe("a database file that somebody changed", () => {
  const state: { temp?: TempAudit; whole?: Buffer; head?: Buffer } = {};
  const temp = (): TempAudit => state.temp as TempAudit;

  beforeAll(async () => {
    state.temp = await TempAudit.make();
    const { store } = await temp().open();
    await store.startBatch(batchStart(1, { slots: 4 }));
    for (let run = 1; run <= 4; run++)
      for (const each of wholeRun(run, run === 2 ? "FAIL" : "PASS", undefined, String(run))) await store.append(each);
    await store.finishBatch(batchId(1), "2026-01-01T00:00:09.000Z", 1);
    await store.close();
    state.whole = await readFile(temp().file);
    state.head = await readFile(headFileOf(temp().file));
    await copyFile(temp().file, temp().path("good.db"));
  });

  afterAll(() => state.temp?.dispose());

  /** Lays the database out anew, with its changes. */
  async function lay(bytes: Uint8Array, head: Uint8Array): Promise<string> {
    const { file } = temp();
    for (const ending of ["-wal", "-shm", "-journal"]) await rm(`${file}${ending}`, { force: true });
    await writeFile(file, bytes);
    await writeFile(headFileOf(file), head);
    return file;
  }

  async function examine(bytes: Uint8Array, head: Uint8Array): Promise<void> {
    const file = await lay(bytes, head);
    expect(await endOf(() => verifyFile(file))).toMatch(AUDIT);
    expect(await endOf(() => verifyDatabase(file))).toMatch(AUDIT);
    expect(
      await endOf(() => {
        const history = new History(file);
        try {
          history.runs({ filter: {}, limit: 10 });
          history.run(runId(1));
          history.counts({});
        } finally {
          history.close();
        }
      }),
    ).toMatch(AUDIT);
    expect(await endOf(() => readReport(file, REPORT))).toMatch(AUDIT);
    const order = { format: "csv", out: temp().path("runs.csv"), filter: {} } as const;
    const draft: Parameters<typeof makeExport>[1]["draft"] = (asked, watch) => draftExport(file, asked, watch);
    expect(await endOf(() => makeExport(order, { draft, clock: realClock }))).toMatch(AUDIT);
    expect(await readFile(file)).toEqual(Buffer.from(bytes));
    await backUpAndRestore(file);
    await open(await lay(bytes, head), bytes);
  }

  /** What is restored verifies; what is refused leaves the database as it was. */
  async function backUpAndRestore(file: string): Promise<void> {
    const [backup, place] = [temp().path("backup.db"), temp().path("place.db")];
    for (const old of [backup, headFileOf(backup), place, headFileOf(place)]) await rm(old, { force: true });
    const made = await endOf(() => backUp(file, backup));
    expect(made).toMatch(AUDIT);
    if (made === "taken") expect(await verifyDatabase(backup)).toMatchObject({ ok: true });
    await writeFile(place, state.whole ?? "");
    const restored = await endOf(() => restoreDatabase(file, place, { clock: realClock }));
    expect(restored).toMatch(AUDIT);
    if (restored === "taken") expect(await verifyDatabase(place)).toMatchObject({ ok: true });
    else expect(await readFile(place)).toEqual(state.whole);
  }

  /** Either refused and left byte by byte as it is, or open and good for another batch. */
  async function open(file: string, bytes: Uint8Array): Promise<void> {
    const options = { file, clock: realClock, random: randomBytes, commitWindow: milliseconds(0), reserve: 0 };
    const end = await endOf(async () => {
      const { store } = await openAuditStore(options);
      await store.close();
    });
    expect(end).toMatch(AUDIT);
    if (end !== "taken") expect(await readFile(file)).toEqual(Buffer.from(bytes));
  }

  it("is refused or told from a whole one by everything that opens it, and is never written over", async () => {
    const takes = (seed: { readonly name: string }): boolean => !isWholeFile(seed);
    await assertSurvives({ ...TARGET, takes }, async ({ bytes }) => {
      const [whole, head] = [Buffer.from(state.whole ?? ""), Buffer.from(state.head ?? "")];
      const changed = framesOf(bytes).reduce<Files>((files, change) => patched(files, change), { whole, head });
      await examine(changed.whole, changed.head);
    });
  });

  it("is refused where something else stands in its place", async () => {
    await assertSurvives({ ...TARGET, takes: isWholeFile }, async ({ bytes }) => {
      await examine(bytes, Buffer.from(state.head ?? ""));
      await examine(Buffer.from(state.whole ?? ""), bytes);
    });
  });
});

type Files = { readonly whole: Buffer; readonly head: Buffer };

/** A change: four bytes say where, one says how and in which file, the rest is put there. */
function patched({ whole, head }: Files, [a = 0, b = 0, c = 0, d = 0, how = 0, ...over]: Uint8Array): Files {
  const place = a * 2 ** 24 + b * 2 ** 16 + c * 256 + d;
  const change = (file: Buffer): Buffer => {
    const at = file.length === 0 ? 0 : place % file.length;
    switch (how % 4) {
      case 0:
        return Buffer.concat([file.subarray(0, at), Buffer.from(over), file.subarray(at + over.length)]);
      case 1:
        return file.subarray(0, at);
      case 2:
        return Buffer.concat([
          file.subarray(0, at),
          Buffer.alloc(Math.min(4096, file.length - at)),
          file.subarray(at + 4096),
        ]);
    }
    return Buffer.concat([file.subarray(0, at), Buffer.from(over), file.subarray(at)]);
  };
  return how < 128 ? { whole: change(whole), head } : { whole, head: change(head) };
}
