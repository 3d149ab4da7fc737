import type { Migration } from "./migration.ts";

/** Which events belong to a line of stations, and how far it has them. The row is made when the database first joins a line. */
export const outboxMark: Migration = {
  version: 5,
  sql: `
-- started: events up to here stay with the station. settled: the line has everything after that up to here; later ones are in table outbox.
CREATE TABLE outbox_mark (
  one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  started INTEGER NOT NULL CHECK (started >= 0),
  settled INTEGER NOT NULL CHECK (settled >= started)
) STRICT;
`,
};
