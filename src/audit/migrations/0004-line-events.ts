import type { Migration } from "./migration.ts";

/** The few events about units that are claimed across a line, found without reading the chain. */
export const lineEvents: Migration = {
  version: 4,
  sql: `
CREATE INDEX event_line ON event (position) WHERE type IN ('line.alone', 'line.reconciled', 'line.conflict');
`,
};
