import { createPrivateKey, createPublicKey } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MIGRATIONS } from "../../src/service/migrations.ts";
import { FakeDevice, successOf } from "./support/fake-device.ts";
import { Harness, temporaryFolder, type Json } from "./support/harness.ts";

const FIXTURES = join(import.meta.dirname, "..", "fixtures", "databases");
const SCHEMAS = MIGRATIONS.map(({ version }) => version);
const NEWEST = Math.max(...SCHEMAS);

const fixtureOf = (schema: number, name: string): string => join(FIXTURES, `service-schema-${schema}`, name);

/** The devices of a fixture with their keys (scripts/service-fixture.ts). */
function devicesOf(schema: number): Readonly<Record<"used" | "fresh" | "stranger", FakeDevice>> {
  const kept = JSON.parse(readFileSync(fixtureOf(schema, "devices.json"), "utf8")) as Record<
    "used" | "fresh" | "stranger",
    { readonly uuid: string; readonly key: string }
  >;
  const device = ({ uuid, key }: { readonly uuid: string; readonly key: string }): FakeDevice => {
    const privateKey = createPrivateKey(key);
    return new FakeDevice(uuid, { privateKey, publicKey: createPublicKey(privateKey) });
  };
  return { used: device(kept.used), fresh: device(kept.fresh), stranger: device(kept.stranger) };
}

/** Makes the folder that a service of a schema left when it was killed. */
function putDatabase(schema: number, dir: string): void {
  const db = new Database(join(dir, "service.sqlite"));
  try {
    db.exec(readFileSync(fixtureOf(schema, "service.sql"), "utf8"));
    db.pragma("journal_mode = WAL");
  } finally {
    db.close();
  }
  copyFileSync(fixtureOf(schema, "owner-key"), join(dir, "owner-key"));
}

describe("databases of every schema of the service", () => {
  it.each(SCHEMAS)("are kept as a fixture: schema %i", (schema) => {
    const wanted = `service-schema-${schema}, made by node scripts/service-fixture.ts while it is new`;
    expect(existsSync(fixtureOf(schema, "service.sql")) ? wanted : "there is none").toBe(wanted);
  });
});

describe.each(SCHEMAS)("a database that a service of schema %i left", (schema) => {
  let dir: string;
  let harness: Harness | undefined;
  beforeEach(() => {
    dir = temporaryFolder();
    putDatabase(schema, dir);
  });
  afterEach(async () => {
    await harness?.service.stop();
    harness = undefined;
    rmSync(dir, { recursive: true, force: true });
  });

  const states = async (device: FakeDevice): Promise<unknown[]> => {
    const path = `/v1/claimed-devices/${device.uuid}/provisioning`;
    const { json } = await harness!.owner("GET", path);
    return (json["items"] as Json[]).map((item) => item["status"]).toSorted();
  };

  it("is brought up to date with all that it holds, and used", async () => {
    const { used, fresh, stranger } = devicesOf(schema);
    harness = await Harness.start({ dir });
    expect(harness.bearer).toBe(`Bearer ${readFileSync(fixtureOf(schema, "owner-key"), "utf8").trim()}`);
    const { json } = await harness.owner("GET", "/v1/claimed-devices");
    expect((json["items"] as Json[]).map((item) => item["id"])).toEqual(
      expect.arrayContaining([used.uuid, fresh.uuid]),
    );
    expect(json["total"]).toBe(2);
    expect((await harness.owner("GET", "/v1/provisioning-rules")).json).toMatchObject({
      items: [{ name: "All of line 1", tags: ["line-1"] }],
    });
    expect((await harness.owner("GET", "/v1/provisioning/tags")).json).toMatchObject({
      items: [{ tag: "line-1", description: "First line" }],
    });
    expect(await states(used)).toEqual(["IN_PROGRESS", "PENDING", "SUCCEEDED", "SUCCEEDED"]);

    // A device's key is the one that was seen first.
    expect((await harness.get(new FakeDevice(used.uuid))).status).toBe(401);
    const commands = await harness.fetch(used);
    expect(commands.map(({ kind }) => kind)).toEqual(["at", "finished"]);
    expect(await harness.report(used, successOf(commands, used))).toBe(200);
    expect(await states(used)).toEqual(Array.from({ length: 4 }, () => "SUCCEEDED"));
    expect((await harness.fetch(fresh)).map(({ kind }) => kind)).toEqual(["finished"]);
    await harness.claim(stranger, ["line-1"]);
    expect((await harness.fetch(stranger)).map(({ kind }) => kind)).toEqual(["finished"]);
  });

  it("is whole afterwards, and of the newest schema", async () => {
    harness = await Harness.start({ dir });
    await harness.service.stop();
    harness = undefined;
    const db = new Database(join(dir, "service.sqlite"), { readonly: true });
    expect(db.pragma("user_version", { simple: true })).toBe(NEWEST);
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    expect(db.pragma("foreign_key_check")).toEqual([]);
    db.close();
  });
});

describe("a database of a schema that is newer than any known", () => {
  it("is refused with both numbers and left as it is", async () => {
    const dir = temporaryFolder();
    const file = join(dir, "service.sqlite");
    putDatabase(NEWEST, dir);
    const db = new Database(file);
    db.pragma(`user_version = ${NEWEST + 1}`);
    db.close();
    const before = readFileSync(file);
    await expect(Harness.start({ dir })).rejects.toMatchObject({
      code: "service.newer-database",
      facts: { present: NEWEST + 1, newest: NEWEST },
    });
    expect(readFileSync(file)).toEqual(before);
    rmSync(dir, { recursive: true, force: true });
  });
});
