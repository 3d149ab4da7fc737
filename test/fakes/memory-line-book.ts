import { canonicalJson } from "../../src/audit/canonical-json.ts";
import type { LineBook, UnsettledRun } from "../../src/audit/line-book.ts";
import type { RunRecord } from "../../src/contract/history.ts";
import type { LineDocumentEvent } from "../../src/contract/line-document-event.ts";
import type { LineConflictEvent, LineUnitEvent } from "../../src/contract/line-event.ts";
import type { RunId } from "../../src/core/ids.ts";

/** What the book needs of its store. */
type Surroundings = {
  readonly check: () => void;
  readonly link: (body: string) => void;
  readonly record: (run: RunId) => RunRecord | undefined;
};

/** A line book without a disk; part of the audit store's fake. */
export class MemoryLineBook implements LineBook {
  readonly #store: Surroundings;
  /** Every event of units that was noted, in order. */
  readonly events: LineUnitEvent[] = [];

  constructor(store: Surroundings) {
    this.#store = store;
  }

  async note(event: LineUnitEvent | LineDocumentEvent): Promise<void> {
    this.#store.check();
    this.#store.link(canonicalJson(event));
    if ("run" in event) this.events.push(event);
  }

  endedAlone(): readonly UnsettledRun[] {
    this.#store.check();
    const alone = new Set<RunId>();
    for (const { type, run } of this.events)
      if (type === "line.alone") alone.add(run);
      else alone.delete(run);
    return [...alone].flatMap((id) => {
      const record = this.#store.record(id);
      if (record?.uuid === null || record?.finishedAt === null || record === undefined) return [];
      const { uuid, startedAt, finishedAt, recipe, recipeSha256, again, purpose, outcome } = record;
      const run = { run: id, uuid, startedAt, recipe, recipeSha256, again, provisions: purpose === "provision" };
      return [outcome === "PASS" ? { ...run, passedAt: finishedAt } : run];
    });
  }

  conflicts(limit: number): readonly LineConflictEvent[] {
    this.#store.check();
    const conflicts = this.events.filter((event) => event.type === "line.conflict");
    return conflicts.reverse().slice(0, limit);
  }
}
