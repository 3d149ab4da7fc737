import type { Dialect } from "./sql.ts";

/** What `central.schema` is for the newest schema. */
export const CENTRAL_SCHEMA = 2;
/** The first one in which people settle findings. */
export const SETTLING_SCHEMA = 2;

/**
 * The schema of the central database, in one of its two dialects. What the desktop and the command line read:
 *
 * - `run`: the columns of table `run` of a station's own database, in their order (`RUN_COLUMN_LIST` of src/audit; `again` and
 *   `training` are 0 or 1, times are texts), and behind them `station_name`, the station's name in the line.
 * - `batch`: as at a station (`fixture` of a run: by `batch.id = run.batch`).
 * - `event`: the chain of every station; `run`, `seq` are null for what the station itself recorded.
 * - `station`: one row a station with its verdict: all of its chain holds up to `position`; `signed_up_to` is the newest
 *   position under a signature. `verdict` is `good`, or the kind of the finding that stops it.
 * - `finding`: what did not fit, by station and position; `settled_at` where it was made good later, with `settled_by` and
 *   `settled_why` where a person has settled it.
 *
 * @param from the schema that is there; 0: none
 * @param to at most {@link CENTRAL_SCHEMA}
 */
export function centralSchema(dialect: Dialect, from = 0, to = CENTRAL_SCHEMA): string {
  const words = WORDS[dialect];
  const steps = STEPS.slice(from, to).join("");
  return steps.replaceAll(/\{(text|whole|real|strict)\}/g, (_, name: keyof typeof words) => words[name]);
}

const WORDS = {
  postgres: { text: 'TEXT COLLATE "C"', whole: "BIGINT", real: "DOUBLE PRECISION", strict: "" },
  sqlite: { text: "TEXT", whole: "INTEGER", real: "REAL", strict: " STRICT" },
} as const;

const TABLES = `
CREATE TABLE central (
  one {whole} PRIMARY KEY NOT NULL CHECK (one = 1),
  schema {whole} NOT NULL,
  id {text} NOT NULL,
  stream {text},
  cursor {whole} NOT NULL
){strict};

CREATE TABLE station (
  id {text} PRIMARY KEY NOT NULL,
  name {text} NOT NULL,
  created_at {text},
  public_key {text},
  thumbprint {text},
  position {whole} NOT NULL,
  hash {text},
  top {whole} NOT NULL,
  heads {whole} NOT NULL,
  signed_up_to {whole} NOT NULL,
  last_batch_end {whole} NOT NULL,
  verdict {text} NOT NULL,
  verdict_position {whole},
  verdict_text {text},
  last_at {text}
){strict};

CREATE TABLE event (
  station {text} NOT NULL,
  position {whole} NOT NULL,
  run {text},
  seq {whole},
  type {text} NOT NULL,
  at {text} NOT NULL,
  body {text} NOT NULL,
  previous {text} NOT NULL CHECK (length(previous) = 64),
  hash {text} NOT NULL CHECK (length(hash) = 64),
  stream_seq {whole} NOT NULL,
  PRIMARY KEY (station, position),
  CHECK ((run IS NULL) = (seq IS NULL))
){strict};
CREATE UNIQUE INDEX event_by_run ON event (station, run, seq) WHERE run IS NOT NULL;
CREATE INDEX event_batch ON event (station, position) WHERE type = 'batch.started';

CREATE TABLE batch (
  id {text} PRIMARY KEY NOT NULL,
  fixture {text} NOT NULL,
  recipe {text} NOT NULL,
  recipe_sha256 {text} NOT NULL,
  operator {text},
  training {whole} NOT NULL CHECK (training IN (0, 1)),
  station {text} NOT NULL,
  started_at {text} NOT NULL,
  finished_at {text},
  pass {whole},
  fail {whole},
  error {whole},
  aborted {whole}
){strict};

CREATE TABLE run (
  id {text} PRIMARY KEY NOT NULL,
  batch {text} NOT NULL,
  slot {text} NOT NULL,
  uuid {text},
  imei {text},
  board_serial {text},
  outcome {text},
  code {text},
  started_at {text} NOT NULL,
  finished_at {text},
  recipe {text} NOT NULL,
  recipe_sha256 {text} NOT NULL,
  operator {text},
  station {text} NOT NULL,
  link {text} NOT NULL,
  model {text},
  firmware {text},
  hardware {text},
  iccid {text},
  release {text},
  elapsed_ms {real},
  again {whole} NOT NULL CHECK (again IN (0, 1)),
  training {whole} NOT NULL CHECK (training IN (0, 1)),
  purpose {text} NOT NULL,
  station_name {text} NOT NULL
){strict};
CREATE INDEX run_by_start ON run (started_at, id);
CREATE INDEX run_by_station ON run (station, started_at, id);
CREATE INDEX run_by_outcome ON run (outcome, started_at, id);
CREATE INDEX run_by_recipe ON run (recipe, started_at, id);
CREATE INDEX run_by_batch ON run (batch, started_at, id);
CREATE INDEX run_by_code ON run (code, started_at, id) WHERE code IS NOT NULL;
CREATE INDEX run_by_operator ON run (operator, started_at, id) WHERE operator IS NOT NULL;
CREATE INDEX run_by_uuid ON run (uuid, started_at, id) WHERE uuid IS NOT NULL;
CREATE INDEX run_by_imei ON run (imei, started_at, id) WHERE imei IS NOT NULL;
CREATE INDEX run_by_board_serial ON run (board_serial, started_at, id) WHERE board_serial IS NOT NULL;

CREATE TABLE finding (
  id {text} PRIMARY KEY NOT NULL,
  station {text} NOT NULL,
  kind {text} NOT NULL,
  position {whole} NOT NULL,
  last_position {whole} NOT NULL,
  what {text} NOT NULL,
  stream_seq {whole} NOT NULL,
  message {text},
  found_at {text} NOT NULL,
  settled_at {text}
){strict};
CREATE INDEX finding_by_station ON finding (station, position);
CREATE INDEX finding_open ON finding (station, kind, position) WHERE settled_at IS NULL;
`;

/** `settlements` of `central` counts what people have settled: who holds findings sees by it that others were changed. */
const SETTLING = `
ALTER TABLE finding ADD COLUMN settled_by {text};
ALTER TABLE finding ADD COLUMN settled_why {text};
ALTER TABLE central ADD COLUMN settlements {whole} NOT NULL DEFAULT 0;
CREATE INDEX finding_settled ON finding (station, position) WHERE settled_by IS NOT NULL;
`;

/** What leads from each schema to the next. */
const STEPS: readonly string[] = [TABLES, SETTLING];
