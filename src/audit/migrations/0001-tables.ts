import type { Migration } from "./migration.ts";

/** The seven tables, the indexes that keep history fast, and the triggers that keep what is recorded as it is. */
export const tables: Migration = {
  version: 1,
  sql: `
CREATE TABLE station (
  id TEXT PRIMARY KEY NOT NULL,
  created_at TEXT NOT NULL,
  public_key TEXT NOT NULL
) STRICT;

CREATE TABLE recipe (
  sha256 TEXT PRIMARY KEY NOT NULL CHECK (length(sha256) = 64),
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  recorded_at TEXT NOT NULL
) STRICT;

CREATE TABLE batch (
  id TEXT PRIMARY KEY NOT NULL,
  fixture TEXT NOT NULL,
  recipe TEXT NOT NULL,
  recipe_sha256 TEXT NOT NULL REFERENCES recipe (sha256),
  operator TEXT,
  training INTEGER NOT NULL CHECK (training IN (0, 1)),
  station TEXT NOT NULL REFERENCES station (id),
  started_at TEXT NOT NULL,
  finished_at TEXT,
  pass INTEGER,
  fail INTEGER,
  error INTEGER,
  aborted INTEGER
) STRICT;
CREATE INDEX batch_open ON batch (id) WHERE finished_at IS NULL;
CREATE INDEX batch_by_start ON batch (started_at, id);

CREATE TABLE run (
  id TEXT PRIMARY KEY NOT NULL,
  batch TEXT NOT NULL REFERENCES batch (id),
  slot TEXT NOT NULL,
  uuid TEXT,
  imei TEXT,
  board_serial TEXT,
  outcome TEXT CHECK (outcome IN ('PASS', 'FAIL', 'ERROR', 'ABORTED')),
  code TEXT,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  recipe TEXT NOT NULL,
  recipe_sha256 TEXT NOT NULL REFERENCES recipe (sha256),
  operator TEXT,
  station TEXT NOT NULL REFERENCES station (id),
  link TEXT NOT NULL,
  model TEXT,
  firmware TEXT,
  hardware TEXT,
  iccid TEXT,
  release TEXT CHECK (release IN ('untouched', 'restored', 'powered-off', 'unreachable')),
  elapsed_ms REAL,
  again INTEGER NOT NULL CHECK (again IN (0, 1)),
  training INTEGER NOT NULL CHECK (training IN (0, 1)),
  CHECK ((outcome IS NULL) = (finished_at IS NULL))
) STRICT;
CREATE INDEX run_by_start ON run (started_at, id);
CREATE INDEX run_by_batch ON run (batch, started_at, id);
CREATE INDEX run_by_outcome ON run (outcome, started_at, id);
CREATE INDEX run_by_recipe ON run (recipe, started_at, id);
CREATE INDEX run_by_code ON run (code, started_at, id) WHERE code IS NOT NULL;
CREATE INDEX run_by_operator ON run (operator, started_at, id) WHERE operator IS NOT NULL;
CREATE INDEX run_by_uuid ON run (uuid, started_at, id) WHERE uuid IS NOT NULL;
CREATE INDEX run_by_imei ON run (imei, started_at, id) WHERE imei IS NOT NULL;
CREATE INDEX run_by_board_serial ON run (board_serial, started_at, id) WHERE board_serial IS NOT NULL;

CREATE TABLE event (
  position INTEGER PRIMARY KEY NOT NULL,
  run TEXT REFERENCES run (id),
  seq INTEGER,
  type TEXT NOT NULL,
  at TEXT NOT NULL,
  body TEXT NOT NULL,
  previous TEXT NOT NULL CHECK (length(previous) = 64),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  CHECK ((run IS NULL) = (seq IS NULL))
) STRICT;
CREATE UNIQUE INDEX event_by_run ON event (run, seq) WHERE run IS NOT NULL;
CREATE INDEX event_head ON event (position) WHERE type = 'chain.head';

CREATE TABLE device_setting (
  uuid TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  run TEXT NOT NULL REFERENCES run (id),
  at TEXT NOT NULL,
  PRIMARY KEY (uuid, key)
) STRICT, WITHOUT ROWID;

-- Events that still have to be sent to a line of stations; empty where no line is configured.
CREATE TABLE outbox (
  position INTEGER PRIMARY KEY NOT NULL REFERENCES event (position)
) STRICT;

CREATE TRIGGER event_appended BEFORE INSERT ON event
WHEN NEW.position <> coalesce((SELECT max(position) FROM event), 0) + 1
BEGIN SELECT RAISE(ABORT, 'table event takes new rows at its end only'); END;
CREATE TRIGGER event_kept BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'rows of table event cannot be changed'); END;
CREATE TRIGGER event_not_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'rows of table event cannot be deleted'); END;

CREATE TRIGGER run_new BEFORE INSERT ON run
WHEN EXISTS (SELECT 1 FROM run WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of table run cannot be replaced'); END;
CREATE TRIGGER run_finished BEFORE UPDATE ON run WHEN OLD.outcome IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the row of a finished run cannot be changed'); END;
CREATE TRIGGER run_start_kept BEFORE UPDATE ON run
WHEN OLD.id <> NEW.id OR OLD.batch <> NEW.batch OR OLD.slot <> NEW.slot OR OLD.started_at <> NEW.started_at
  OR OLD.recipe_sha256 <> NEW.recipe_sha256 OR OLD.station <> NEW.station
BEGIN SELECT RAISE(ABORT, 'the beginning of a run cannot be changed'); END;
CREATE TRIGGER run_not_deleted BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'rows of table run cannot be deleted'); END;

CREATE TRIGGER batch_new BEFORE INSERT ON batch
WHEN EXISTS (SELECT 1 FROM batch WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of table batch cannot be replaced'); END;
CREATE TRIGGER batch_finished BEFORE UPDATE ON batch WHEN OLD.finished_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the row of a finished batch cannot be changed'); END;
CREATE TRIGGER batch_not_deleted BEFORE DELETE ON batch
BEGIN SELECT RAISE(ABORT, 'rows of table batch cannot be deleted'); END;

CREATE TRIGGER recipe_new BEFORE INSERT ON recipe
WHEN EXISTS (SELECT 1 FROM recipe WHERE sha256 = NEW.sha256)
BEGIN SELECT RAISE(ABORT, 'rows of table recipe cannot be replaced'); END;
CREATE TRIGGER recipe_kept BEFORE UPDATE ON recipe
BEGIN SELECT RAISE(ABORT, 'rows of table recipe cannot be changed'); END;
CREATE TRIGGER recipe_not_deleted BEFORE DELETE ON recipe
BEGIN SELECT RAISE(ABORT, 'rows of table recipe cannot be deleted'); END;

CREATE TRIGGER station_one BEFORE INSERT ON station WHEN EXISTS (SELECT 1 FROM station)
BEGIN SELECT RAISE(ABORT, 'table station holds one row'); END;
CREATE TRIGGER station_kept BEFORE UPDATE ON station
BEGIN SELECT RAISE(ABORT, 'the row of table station cannot be changed'); END;
CREATE TRIGGER station_not_deleted BEFORE DELETE ON station
BEGIN SELECT RAISE(ABORT, 'the row of table station cannot be deleted'); END;
`,
};
