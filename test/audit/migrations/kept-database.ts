import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

const FIXTURES = join(import.meta.dirname, "..", "..", "fixtures", "databases");

/** What every fixture holds (scripts/database-fixture.ts). */
export const KEPT = { runs: 6, finished: 4, open: 2 } as const;

/** Whether there is a fixture of a schema. */
export function isKept(schema: number): boolean {
  return existsSync(join(FIXTURES, `schema-${schema}`, "audit.sql"));
}

/** Makes the database that a station of a schema left when it was killed, with its log, head file and key beside it. */
export function putDatabase(schema: number, file: string): void {
  const from = (name: string): string => join(FIXTURES, `schema-${schema}`, name);
  const db = new Database(file);
  try {
    db.exec(readFileSync(from("audit.sql"), "utf8"));
    db.pragma("journal_mode = WAL");
  } finally {
    db.close();
  }
  copyFileSync(from("audit.db.head"), `${file}.head`);
  mkdirSync(`${file}.key`, { recursive: true });
  copyFileSync(from("station-key.pem"), join(`${file}.key`, "station-key.pem"));
}
