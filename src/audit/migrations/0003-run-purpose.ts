import type { Migration } from "./migration.ts";

/** What a run is for: of all that is recorded only what provisions counts as passed. Runs of earlier schemas all did. */
export const runPurpose: Migration = {
  version: 3,
  sql: `
ALTER TABLE run ADD COLUMN purpose TEXT NOT NULL DEFAULT 'provision'
  CHECK (purpose IN ('provision', 'proof', 'golden', 'golden-learn', 'gather'));
CREATE INDEX run_by_purpose ON run (purpose, started_at, id) WHERE purpose <> 'provision';

CREATE TRIGGER run_purpose_kept BEFORE UPDATE ON run WHEN OLD.purpose <> NEW.purpose
BEGIN SELECT RAISE(ABORT, 'the beginning of a run cannot be changed'); END;
`,
};

/** For readers of databases of earlier schemas, which they cannot change: table `run` with the column. */
export const RUN_PURPOSE_VIEW = "CREATE TEMP VIEW run AS SELECT rowid, *, 'provision' AS purpose FROM main.run";
