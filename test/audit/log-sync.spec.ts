import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LogSync } from "../../src/audit/log-sync.ts";

describe("LogSync", () => {
  let folder: string;
  let database: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "log-sync-"));
    database = join(folder, "audit.db");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("brings the log to the disk, again and again", async () => {
    await writeFile(`${database}-wal`, "frames");
    const log = new LogSync(database);
    await log.reach();
    await expect(log.reach()).resolves.toBeUndefined();
    await log.close();
    await expect(log.close()).resolves.toBeUndefined();
  });

  it("lets calls of one moment share one way, and calls after its beginning share the next", async () => {
    await writeFile(`${database}-wal`, "frames");
    const log = new LogSync(database);
    const first = log.reach();
    expect(log.reach()).toBe(first);
    await Promise.resolve();
    await Promise.resolve();
    const second = log.reach();
    expect(second).not.toBe(first);
    expect(log.reach()).toBe(second);
    await Promise.all([first, second]);
    await log.close();
  });

  it("fails where there is no log, and reaches it once it is there", async () => {
    const log = new LogSync(database);
    await expect(log.reach()).rejects.toMatchObject({ code: "ENOENT" });
    await writeFile(`${database}-wal`, "frames");
    await expect(log.reach()).resolves.toBeUndefined();
    await log.close();
  });

  it("reads the log without changing it, whatever its size, and does without one", async () => {
    const log = new LogSync(database);
    await expect(log.warm()).resolves.toBeUndefined();
    const frames = Buffer.alloc(600_000, 7);
    await writeFile(`${database}-wal`, frames);
    const reading = log.warm();
    expect(log.warm()).toBe(reading);
    await log.close();
    await expect(reading).resolves.toBeUndefined();
    expect((await readFile(`${database}-wal`)).equals(frames)).toBe(true);
    await expect(log.warm()).resolves.toBeUndefined();
  });
});
