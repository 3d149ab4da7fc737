import type { Database, Statement } from "better-sqlite3";
import type { LineDocumentEvent } from "../contract/line-document-event.ts";
import { LineUnitEventSchema, type LineConflictEvent, type LineUnitEvent } from "../contract/line-event.ts";
import { StationError } from "../core/error.ts";
import type { RunId } from "../core/ids.ts";
import type { Ledger } from "./ledger.ts";
import type { LineBook, UnsettledRun } from "./line-book.ts";
import { recordOf, RUN_COLUMN_LIST } from "./run-columns.ts";

/** What the book works with: its writes are transactions of the store. */
export type LineBookParts = {
  readonly db: Database;
  readonly ledger: Ledger;
  /** Runs work within the next transaction; resolves when its commit is on the disk. */
  readonly write: (work: () => void) => Promise<void>;
  readonly read: <T>(work: () => T) => T;
};

/** The events of the index `event_line`; every query names them just like it. */
const OF_THE_LINE = "type IN ('line.alone', 'line.reconciled', 'line.conflict')";

/** Bodies of all events of the line, oldest first. */
export const LINE_EVENTS_QUERY = `SELECT body FROM event WHERE ${OF_THE_LINE} ORDER BY position`;
/** Bodies of the newest conflicts, newest first. */
export const CONFLICTS_QUERY = `SELECT body FROM event
  WHERE ${OF_THE_LINE} AND type = 'line.conflict' ORDER BY position DESC LIMIT ?`;

/** Events of the line in the chain, found by an index of their own. */
export class SqliteLineBook implements LineBook {
  readonly #parts: LineBookParts;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(parts: LineBookParts) {
    this.#parts = parts;
    this.#statements = prepare(parts.db);
  }

  note(event: LineUnitEvent | LineDocumentEvent): Promise<void> {
    return this.#parts.write(() => void this.#parts.ledger.note(event));
  }

  endedAlone(): readonly UnsettledRun[] {
    return this.#parts.read(() => {
      const alone = new Set<RunId>();
      for (const body of this.#statements.all.iterate()) {
        const { type, run } = lineEvent(body);
        if (type === "line.alone") alone.add(run);
        else alone.delete(run);
      }
      return [...alone].flatMap((run) => this.#unsettled(run));
    });
  }

  conflicts(limit: number): readonly LineConflictEvent[] {
    return this.#parts.read(() =>
      this.#statements.conflicts.all(limit).flatMap((body) => {
        const event = lineEvent(body);
        return event.type === "line.conflict" ? [event] : [];
      }),
    );
  }

  #unsettled(id: RunId): readonly UnsettledRun[] {
    const cells = this.#statements.run.get(id);
    if (cells === undefined) return [];
    const { uuid, startedAt, finishedAt, recipe, recipeSha256, again, purpose, outcome } = recordOf(cells);
    if (uuid === null || finishedAt === null) return [];
    const provisions = purpose === "provision";
    const run = { run: id, uuid, startedAt, recipe, recipeSha256, again, provisions };
    return [outcome === "PASS" ? { ...run, passedAt: finishedAt } : run];
  }
}

/** @throws StationError audit.corrupt */
function lineEvent(body: string): LineUnitEvent {
  try {
    return LineUnitEventSchema.parse(JSON.parse(body));
  } catch (cause) {
    throw new StationError("audit.corrupt", "an event of the line cannot be read", {}, { cause });
  }
}

function prepare(db: Database) {
  const all: Statement<[], string> = db.prepare(LINE_EVENTS_QUERY);
  const conflicts: Statement<[number], string> = db.prepare(CONFLICTS_QUERY);
  const run: Statement<[string], unknown[]> = db.prepare(`SELECT ${RUN_COLUMN_LIST} FROM run WHERE id = ?`);
  return { all: all.pluck(), conflicts: conflicts.pluck(), run: run.raw() };
}
