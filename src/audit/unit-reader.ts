import type { Database, Statement } from "better-sqlite3";
import type { RunEvent } from "../contract/run-event.ts";
import type { DeviceUuid, RunId } from "../core/ids.ts";
import type { FoundCredential, GoldenCheck, PassedRun, UnitHistory } from "./audit-store.ts";
import { readEvent } from "./recovery.ts";

/** The newest check of a golden unit; told twice what it is not, as its index is of the few runs that do not provision. */
export const GOLDEN_QUERY = `SELECT id AS runId, outcome, finished_at AS finishedAt, recipe_sha256 AS recipeSha256 FROM run
  WHERE purpose = 'golden' AND purpose <> 'provision' AND outcome IN ('PASS', 'FAIL', 'ERROR')
  AND (SELECT fixture FROM batch WHERE batch.id = run.batch) = ? ORDER BY started_at DESC, id DESC LIMIT 1`;

/** Reads what the record says about units, for the core's decisions; every statement goes by an index. */
export class UnitReader {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database) {
    this.#statements = prepare(db);
  }

  /** The newest PASS of a unit. */
  passedBefore(uuid: DeviceUuid): PassedRun | undefined {
    return this.#statements.passed.get(uuid);
  }

  /** What the record says about a unit's credentials. */
  history(uuid: DeviceUuid): UnitHistory {
    const latest = this.#statements.latestWork.get(uuid);
    if (latest === undefined) return { begun: false };
    const { runId, finishedAt, recipe, outcome } = latest;
    if (outcome !== "PASS" || finishedAt === null) return { begun: true };
    const events = this.#statements.verified.all(runId).map((body) => readEvent(body, { id: runId }));
    return { begun: true, proved: { runId, finishedAt, recipe, credentials: foundCredentials(events) } };
  }

  /** The newest check of a golden unit on a fixture. */
  goldenCheck(fixture: string): GoldenCheck | undefined {
    return this.#statements.golden.get(fixture);
  }
}

/** What a run's events say that is in the modem. */
export function foundCredentials(events: readonly RunEvent[]): readonly FoundCredential[] {
  const found = new Map<string, FoundCredential>();
  for (const event of events) {
    if (event.type !== "credential.verified" || event.verdict === "missing") continue;
    const { secTag, credential, foundSha256: sha256 } = event;
    found.set(`${secTag}/${credential}`, { secTag, credential, ...(sha256 === undefined ? {} : { sha256 }) });
  }
  return [...found.values()];
}

type Work = {
  readonly runId: RunId;
  readonly outcome: string | null;
  readonly finishedAt: string | null;
  readonly recipe: string;
};

function prepare(db: Database) {
  const verified: Statement<[string], string> = db.prepare(
    "SELECT body FROM event WHERE run = ? AND type = 'credential.verified' ORDER BY seq",
  );
  return {
    passed: db.prepare<[string], PassedRun>(
      `SELECT id AS runId, finished_at AS finishedAt, recipe FROM run
       WHERE uuid = ? AND outcome = 'PASS' AND purpose = 'provision' ORDER BY finished_at DESC LIMIT 1`,
    ),
    latestWork: db.prepare<[string], Work>(
      `SELECT id AS runId, outcome, finished_at AS finishedAt, recipe FROM run
       WHERE uuid = ? AND purpose = 'provision'
       AND EXISTS (SELECT 1 FROM event WHERE event.run = run.id AND event.type = 'command.announced')
       ORDER BY started_at DESC, id DESC LIMIT 1`,
    ),
    verified: verified.pluck(),
    golden: db.prepare<[string], GoldenCheck>(GOLDEN_QUERY),
  };
}
