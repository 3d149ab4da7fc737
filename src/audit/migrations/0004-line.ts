import type { Migration } from "./migration.ts";

/** What a line of stations needs: how far it has the events, and the few events about units that are claimed across it. */
export const line: Migration = {
  version: 4,
  sql: `
CREATE TABLE outbox_mark (
  -- The row is made when the database first joins a line.
  one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  -- Events up to here stay with the station.
  started INTEGER NOT NULL CHECK (started >= 0),
  -- The line has everything after that up to here; later ones are in table outbox.
  settled INTEGER NOT NULL CHECK (settled >= started)
) STRICT;
CREATE INDEX event_line ON event (position) WHERE type IN ('line.alone', 'line.reconciled', 'line.conflict');
`,
};
