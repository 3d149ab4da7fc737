import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAuditStore } from "../../src/audit/open-audit-store.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { batchId, batchStart, wholeRun } from "../audit/samples.ts";
import { startStation } from "../cli/station-process.ts";
import { HAS_SMALL_DISKS, SmallDisk } from "./support/small-disk.ts";

describe.runIf(HAS_SMALL_DISKS).each([
  ["of a station that was closed", false],
  ["of a station that runs, its log beside it", true],
])("a copy %s on a disk that nobody may write to", (_what, withLog) => {
  let folder: string;
  let disk: SmallDisk;
  const files = ["audit.db", "audit.db-wal", "audit.db.head"];
  const inside = (): string => readdirSync(disk.inside).toSorted().join(" ");
  const content = (): readonly string[] =>
    files.map((name) => (existsSync(join(disk.inside, name)) ? readFileSync(join(disk.inside, name), "base64") : ""));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "read-only-copy-"));
    const file = join(folder, "audit.db");
    const { store } = await openAuditStore({ file, clock: realClock, random: randomBytes });
    await store.startBatch(batchStart(1, { slots: 2 }));
    for (const run of [1, 2])
      for (const each of wholeRun(run, "PASS", undefined, String(run))) await store.append(each);
    await store.finishBatch(batchId(1), "2026-03-01T09:00:00.000Z", 1);
    if (!withLog) await store.close();
    disk = await SmallDisk.make(join(folder, "disk"));
    for (const name of files.filter((each) => existsSync(join(folder, each))))
      copyFileSync(join(folder, name), join(disk.inside, name));
    if (withLog) await store.close();
    disk.mount("ro");
    mkdirSync(join(folder, "out"));
  }, 60_000);
  afterAll(async () => {
    await disk.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = (args: readonly string[]) => startStation(args, {}, { prefix: disk.prefix }).ended;
  const audit = (): string => join(disk.folder, "audit.db");

  it("can be verified, exported and reported, and stays as it is", async () => {
    const before = [inside(), ...content()];
    expect(before[0]?.includes("-wal")).toBe(withLog);
    const out = join(folder, "out", "runs.csv");
    const ends = await Promise.all([
      call(["verify", audit(), "--json"]),
      call(["export", "--audit", audit(), "--out", out, "--json"]),
      call(["report", "--audit", audit(), "--json"]),
      call(["backup", "--audit", audit(), "--out", join(folder, "out", "copy.db"), "--json"]),
    ]);
    expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(ends.map(() => [0, ""]));
    expect(ends[0].stdout).toContain('"runs":2');
    expect(readFileSync(out, "utf8").trim().split("\r\n")).toHaveLength(3);
    expect(ends[2].stdout).toContain('"runs":2');
    expect(await call(["verify", out, "--accept-unsigned"])).toMatchObject({ code: 0 });
    expect([inside(), ...content()]).toEqual(before);
  }, 60_000);
});
