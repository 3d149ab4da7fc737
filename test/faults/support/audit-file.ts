import { existsSync } from "node:fs";
import Database from "better-sqlite3";

/** A run as the audit database shows it, with the facts of its last event's error. */
export type RunRow = {
  readonly slot: string;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly release: string | null;
  readonly uuid: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly advice: string;
};

/** An event of a run: what the specs look at. */
export type EventRow = {
  readonly type: string;
  readonly slot: string;
  readonly phase?: string;
  readonly result?: string;
  readonly error?: { readonly code: string; readonly facts: RunRow["facts"]; readonly advice: string };
  readonly command?: { readonly text: string };
};

/** All runs in the order of their start, while or after a station writes them. */
export function runsOf(file: string): readonly RunRow[] {
  return reading(file, (db) => {
    const rows = db
      .prepare<[], Omit<RunRow, "facts" | "advice"> & { readonly id: string }>(
        "SELECT id, slot, outcome, code, release, uuid FROM run ORDER BY started_at, id",
      )
      .all();
    const last = db.prepare<[string], string>("SELECT body FROM event WHERE run = ? AND type = 'run.finished'").pluck();
    return rows.map(({ id, ...row }) => {
      const { error } = JSON.parse(last.get(id) ?? "{}") as Partial<EventRow>;
      return { ...row, facts: error?.facts ?? {}, advice: error?.advice ?? "" };
    });
  });
}

/** All events of runs, in the order of the chain. */
export function eventsOf(file: string): readonly EventRow[] {
  return reading(file, (db) =>
    db
      .prepare<[], string>("SELECT body FROM event WHERE run IS NOT NULL ORDER BY position")
      .pluck()
      .all()
      .map((body) => JSON.parse(body) as EventRow),
  );
}

/** A phase that has begun, or a command that was announced. */
export type Place = { readonly phase: string } | { readonly command: RegExp };

/** Whether a run in the slot is there now: it has come to the place and not left it. */
export function isAt(file: string, slot: string, place: Place): boolean {
  const kind = "command" in place ? "command" : "phase";
  const [last] = reading(file, (db) =>
    db
      .prepare<[string, string], string>(
        `SELECT body FROM event JOIN run ON run.id = event.run WHERE run.slot = ? AND event.type GLOB ?
         ORDER BY position DESC LIMIT 1`,
      )
      .pluck()
      .all(slot, `${kind}.*`),
  ).map((body) => JSON.parse(body) as EventRow);
  if ("command" in place) return last?.type === "command.announced" && place.command.test(last.command?.text ?? "");
  return last?.type === "phase.started" && last.phase === place.phase;
}

function reading<T>(file: string, read: (db: Database.Database) => readonly T[]): readonly T[] {
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true, timeout: 1000 });
  try {
    const made = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'event'").get() !== undefined;
    return made ? read(db) : [];
  } finally {
    db.close();
  }
}
