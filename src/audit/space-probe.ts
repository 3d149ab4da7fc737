import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Database } from "better-sqlite3";
import { schemaVersion } from "./migrate.ts";

/** Free space on the disk of a file, in bytes. @throws the file system's error */
export function freeBytes(file: string): number {
  const { bavail, bsize } = statfsSync(dirname(file));
  return bavail * bsize;
}

/** Writes without leaving a trace: room for new pages is asked for and given back, then a page is really committed. */
export function probe(db: Database): void {
  db.transaction(() => {
    db.exec("SAVEPOINT room; CREATE TABLE probe (room BLOB); INSERT INTO probe VALUES (zeroblob(65536))");
    db.exec("ROLLBACK TO room; RELEASE room");
    db.pragma(`user_version = ${schemaVersion(db)}`);
  }).immediate();
}
