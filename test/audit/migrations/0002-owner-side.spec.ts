import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { migrate } from "../../../src/audit/migrate.ts";

const SHA = "a".repeat(64);

describe("migration 2: the owner's side", () => {
  let db: Database.Database;
  beforeEach(() => {
    db = new Database(":memory:");
    migrate(db, 1);
    db.exec(`INSERT INTO station VALUES ('s', 't', 'k'); INSERT INTO recipe VALUES ('${SHA}', 'n', 't', 'a');
      INSERT INTO batch (id, fixture, recipe, recipe_sha256, training, station, started_at)
      VALUES ('b', 'f', 'n', '${SHA}', 0, 's', 't');
      INSERT INTO run (id, batch, slot, started_at, recipe, recipe_sha256, station, link, again, training)
      VALUES ('r', 'b', '1', 't', 'n', '${SHA}', 's', 'l', 0, 0)`);
    migrate(db, 2);
  });

  it("keeps what a database of the first schema holds", () => {
    expect(db.prepare("SELECT id FROM run").pluck().all()).toEqual(["r"]);
  });

  it("gives a row of a value file to one unit, and a unit one row", () => {
    const take = db.prepare("INSERT INTO unit_value VALUES (?, ?, ?, ?, 'r', 't')");
    take.run("values.csv", "B1", SHA, "unit-1");
    expect(() => take.run("values.csv", "B1", SHA, "unit-2")).toThrow(/UNIQUE/);
    expect(() => take.run("values.csv", "B2", SHA, "unit-1")).toThrow(/UNIQUE/);
    take.run("other.csv", "B1", SHA, "unit-1");
    expect(() => db.exec("UPDATE unit_value SET uuid = 'unit-3'")).toThrow(/stays with its unit/);
    expect(() => db.exec("DELETE FROM unit_value")).toThrow(/cannot be deleted/);
  });

  it("allots a serial number once, and takes its certificate once", () => {
    const allot = db.prepare(
      "INSERT INTO issued_certificate (authority, serial, csr_sha256, allotted_at) VALUES (?, ?, ?, 't')",
    );
    allot.run(SHA, "01", SHA);
    expect(() => allot.run(SHA, "01", SHA)).toThrow(/UNIQUE/);
    allot.run("b".repeat(64), "01", SHA);
    const issue = db.prepare("UPDATE issued_certificate SET sha256 = ?, pem = ? WHERE authority = ? AND serial = '01'");
    expect(() => issue.run(SHA, null, SHA)).toThrow(/CHECK constraint/);
    issue.run(SHA, "PEM", SHA);
    expect(() => issue.run(SHA, "OTHER", SHA)).toThrow(/cannot be changed/);
    expect(() => db.exec("DELETE FROM issued_certificate")).toThrow(/cannot be deleted/);
  });
});
