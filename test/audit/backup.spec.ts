import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backUp } from "../../src/audit/backup.ts";
import { restoreDatabase } from "../../src/audit/restore.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { StationError } from "../../src/core/error.ts";
import { at, batchId, batchStart, failureOf, runId } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const SECONDS = 1;

describe("a backup", () => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
  });
  afterEach(() => temp.dispose());

  const names = (): readonly string[] => readdirSync(temp.folder).sort();

  async function withOneBatch() {
    const { store } = await temp.open();
    await store.startBatch(batchStart(1));
    await store.append(finished(1));
    await store.finishBatch(batchId(1), at(20), SECONDS);
    return store;
  }

  it("is a copy that holds, made beside a station that goes on writing", async () => {
    const store = await withOneBatch();
    await store.startBatch(batchStart(2, { first: 2, time: 30 }));
    const backup = await backUp(temp.file, temp.path("copy.db"));
    await store.append(finished(2));
    await store.finishBatch(batchId(2), at(60), SECONDS);
    expect(backup).toMatchObject({ out: temp.path("copy.db"), runs: 2 });
    expect(backup.sha256).toBe(createHash("sha256").update(readFileSync(backup.out)).digest("hex"));
    expect(await verifyDatabase(backup.out)).toMatchObject({ ok: true, runs: 2, headFile: "present" });
    expect(names().filter((name) => name.startsWith("copy"))).toEqual(["copy.db", "copy.db.head"]);
  });

  it("holds one moment, whatever is written while it is copied", async () => {
    const store = await withOneBatch();
    let steps = 0;
    const more: Promise<void>[] = [];
    const backup = await backUp(temp.file, temp.path("copy.db"), {
      progress: () => {
        if (steps++ === 0) more.push(store.startBatch(batchStart(2, { first: 2, time: 30 })));
      },
    });
    await Promise.all(more);
    expect(steps).toBeGreaterThan(0);
    expect(await verifyDatabase(backup.out)).toMatchObject({ ok: true, runs: 1 });
  });

  it("never overwrites, and leaves nothing behind when it is refused or stopped", async () => {
    await withOneBatch();
    writeFileSync(temp.path("taken.db"), "mine");
    const before = names();
    expect(await failureOf(() => backUp(temp.file, temp.path("taken.db")))).toMatchObject({
      code: "audit.backup-exists",
    });
    expect(await failureOf(() => backUp(temp.file, temp.file))).toMatchObject({ code: "audit.backup-exists" });
    expect(await failureOf(() => backUp(temp.path("none.db"), temp.path("copy.db")))).toMatchObject({
      code: "audit.missing",
    });
    const stop = AbortSignal.abort(new StationError("station.aborted", "stop"));
    await failureOf(() => backUp(temp.file, temp.path("copy.db"), { signal: stop }));
    expect(existsSync(temp.path("copy.db"))).toBe(false);
    expect(names()).toEqual(before);
  });

  it("is not made of a record that does not hold; the first row that does not is named", async () => {
    const store = await withOneBatch();
    await store.close();
    temp.tamper("UPDATE event SET body = replace(body, 'Bench A', 'Bench B')");
    const refused = await failureOf(() => backUp(temp.file, temp.path("copy.db")));
    expect(refused).toMatchObject({ code: "audit.backup-damaged", facts: { table: "event" } });
    expect(existsSync(temp.path("copy.db"))).toBe(false);
  });

  it("is restored in the place of a damaged database, which is kept aside; the chain tells of it", async () => {
    const store = await withOneBatch();
    await backUp(temp.file, temp.path("copy.db"));
    await store.startBatch(batchStart(2, { first: 2, time: 30 }));
    await store.append(finished(2));
    await store.finishBatch(batchId(2), at(60), SECONDS);
    await store.close();
    const lost = JSON.parse(readFileSync(`${temp.file}.head`, "utf8")) as { position: number; hash: string };
    writeFileSync(temp.file, "SQLite format 3\0 and then nothing of use");
    expect(await failureOf(() => temp.open())).toMatchObject({ code: "audit.corrupt" });

    const restored = await restoreDatabase(temp.path("copy.db"), temp.file, { clock: realClock });
    expect(restored.runs).toBe(1);
    expect(readFileSync(restored.aside ?? "", "utf8")).toContain("and then nothing");
    expect(existsSync(`${restored.aside ?? ""}.head`)).toBe(true);
    const { store: again } = await temp.open();
    await again.close();
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true, runs: 1 });
    const [told] = temp.rows("SELECT body FROM event WHERE type = 'database.restored'");
    expect(JSON.parse(String(told?.["body"]))).toMatchObject({
      backupSha256: restored.backupSha256,
      replaced: { position: lost.position, hash: lost.hash },
    });
    expect(existsSync(`${temp.file}.restored`)).toBe(false);
  });

  it("is restored where there is no database any more, and told once", async () => {
    const store = await withOneBatch();
    await backUp(temp.file, temp.path("copy.db"));
    await store.close();
    rmSync(temp.file);
    rmSync(`${temp.file}.head`);
    expect(await restoreDatabase(temp.path("copy.db"), temp.file, { clock: realClock })).not.toHaveProperty("aside");
    for (let start = 0; start < 2; start++) await (await temp.open()).store.close();
    expect(temp.rows("SELECT 1 FROM event WHERE type = 'database.restored'")).toHaveLength(1);
  });

  it("is not restored while a station works with the database, nor when it does not hold", async () => {
    const store = await withOneBatch();
    await backUp(temp.file, temp.path("copy.db"));
    expect(await failureOf(() => restoreDatabase(temp.path("copy.db"), temp.file, { clock: realClock }))).toMatchObject(
      {
        code: "audit.in-use",
      },
    );
    await store.close();
    const before = readFileSync(temp.file);
    const bytes = readFileSync(temp.path("copy.db"));
    writeFileSync(temp.path("cut.db"), bytes.subarray(0, bytes.length - 4096));
    const refused = await failureOf(() => restoreDatabase(temp.path("cut.db"), temp.file, { clock: realClock }));
    expect(refused.code).toMatch(/^audit\.(backup-damaged|corrupt)$/);
    expect(readFileSync(temp.file).equals(before)).toBe(true);
    expect(names().filter((name) => name.includes("partial") || name.includes("replaced"))).toEqual([]);
  });

  it("that was cut off between its steps is refused by the station until it is done again", async () => {
    const store = await withOneBatch();
    await backUp(temp.file, temp.path("copy.db"));
    await store.close();
    // As a power cut leaves it: the old one is aside, the new one is not there yet.
    renameSync(temp.file, temp.path("audit.db.replaced-x"));
    expect(await failureOf(() => temp.open())).toMatchObject({ code: "audit.cut" });
    const restored = await restoreDatabase(temp.path("copy.db"), temp.file, { clock: realClock });
    expect(restored.runs).toBe(1);
    const { store: again } = await temp.open();
    await again.close();
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true });
  });
});

function finished(count: number) {
  const stamp = { runId: runId(count), slot: "1", seq: 1, at: at(10 + count * 20) };
  return { type: "run.finished", ...stamp, outcome: "PASS", release: "restored", elapsedMs: 5 } as never;
}
