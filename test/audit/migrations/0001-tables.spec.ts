import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { APPLICATION_ID, migrate, SCHEMA_VERSION, schemaVersion } from "../../../src/audit/migrate.ts";
import { failureOf } from "../samples.ts";

describe("migration 1: tables", () => {
  let db: Database.Database;
  beforeEach(() => {
    db = new Database(":memory:");
    migrate(db, 1);
  });

  const names = (type: string): unknown[] =>
    db
      .prepare("SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY name")
      .pluck()
      .all(type);
  const columns = (table: string): unknown[] => db.prepare("SELECT name FROM pragma_table_info(?)").pluck().all(table);

  it("makes the seven tables and no other, and marks the file as the station's", () => {
    expect(names("table")).toEqual(["batch", "device_setting", "event", "outbox", "recipe", "run", "station"]);
    expect(schemaVersion(db)).toBe(1);
    expect(db.pragma("application_id", { simple: true })).toBe(APPLICATION_ID);
  });

  it("gives table run the columns that scripts rely on", () => {
    expect(columns("run")).toEqual(
      expect.arrayContaining([
        ...["id", "batch", "slot", "uuid", "imei", "board_serial", "outcome", "code"],
        ...["started_at", "finished_at", "recipe", "operator", "station"],
      ]),
    );
  });

  it("takes the four outcomes and nothing else", () => {
    db.exec(`INSERT INTO station VALUES ('s', 't', 'k'); INSERT INTO recipe VALUES ('${"a".repeat(64)}', 'n', 't', 'a');
      INSERT INTO batch (id, fixture, recipe, recipe_sha256, training, station, started_at)
      VALUES ('b', 'f', 'n', '${"a".repeat(64)}', 0, 's', 't')`);
    const insert =
      db.prepare(`INSERT INTO run (id, batch, slot, outcome, started_at, finished_at, recipe, recipe_sha256,
      station, link, again, training) VALUES (?, 'b', '1', ?, 't', ?, 'n', '${"a".repeat(64)}', 's', 'l', 0, 0)`);
    for (const outcome of ["PASS", "FAIL", "ERROR", "ABORTED"]) insert.run(outcome, outcome, "t");
    insert.run("open", null, null);
    expect(() => insert.run("x", "TIMEOUT", "t")).toThrow(/CHECK constraint/);
    expect(() => insert.run("x", "PASS", null)).toThrow(/CHECK constraint/);
    expect(() => insert.run("x", null, "t")).toThrow(/CHECK constraint/);
  });

  it("is applied once, and leaves a newer database alone", async () => {
    migrate(db);
    expect(schemaVersion(db)).toBe(SCHEMA_VERSION);
    db.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    expect(await failureOf(() => migrate(db))).toMatchObject({
      code: "audit.newer",
      facts: { found: SCHEMA_VERSION + 1, newest: SCHEMA_VERSION },
    });
  });
});
