import type { AuditStore } from "../../src/audit/audit-store.ts";
import type { GoldenFacts, GoldenRun } from "../../src/contract/desktop-golden.ts";
import type { GoldenReference, Proof } from "../../src/contract/proof.ts";
import type { RunEvent } from "../../src/contract/run-event.ts";
import { StartRequestSchema, type StartRequest } from "../../src/contract/station-request.ts";
import type { Clock } from "../../src/core/clock.ts";
import { asStationError, reportOf, StationError } from "../../src/core/error.ts";
import type { SlotId } from "../../src/core/ids.ts";
import { isTraining, type StationFiles } from "../../src/station/batch-plan.ts";
import { goldenRecipe, learnedReference, requireGoldenCheck } from "../../src/station/golden-unit.ts";
import type { NewsListener } from "../../src/station/station-news.ts";
import type { StartedBatch } from "../../src/station/station.ts";
import type { Handlers } from "../ipc/handlers.ts";
import type { GoldenFile } from "./golden-file.ts";

export type GoldenDeskParts = {
  readonly file: GoldenFile;
  readonly store: Pick<AuditStore, "goldenCheck">;
  /** The files that the line works with now. */
  readonly files: () => StationFiles;
  /** Starts a run that only reads, under whoever is signed in. */
  readonly start: (request: StartRequest, proof: Proof) => Promise<StartedBatch>;
  readonly subscribe: (listener: NewsListener) => () => void;
  readonly clock: Clock;
};

type GoldenHandlers = Pick<Handlers, "golden.read" | "golden.check" | "golden.learn" | "golden.rule">;

/** What the window may ask about the golden unit. */
export function goldenHandlers(parts: GoldenDeskParts): GoldenHandlers {
  const { file } = parts;
  const facts = (): GoldenFacts => goldenFacts(parts);
  return {
    "golden.read": facts,
    "golden.rule": async ({ everyHours }) => {
      await file.require(everyHours);
      return facts();
    },
    "golden.check": async ({ slot }) => {
      const { reference } = file;
      if (reference === undefined) throw new StationError("station.golden-missing", "no golden unit was learned");
      return goldenRun(await runProof(parts, slot, { kind: "golden", reference }), facts);
    },
    "golden.learn": async ({ slot, name }) => {
      const events = await runProof(parts, slot, { kind: "golden-learn", name });
      const reference = learnedReference(name, events);
      if (reference !== undefined) await file.learn(reference);
      return goldenRun(events, facts);
    },
  };
}

/** Runs a proof in one slot; answers all events of the run once it has ended. */
async function runProof(parts: GoldenDeskParts, slot: SlotId, proof: Proof): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  const end = parts.subscribe((news) => {
    if (news.kind === "run" && news.event.slot === slot) events.push(news.event);
  });
  try {
    const { done } = await parts.start(StartRequestSchema.parse({ slots: [slot] }), proof);
    await done;
    return events;
  } finally {
    end();
  }
}

function goldenRun(events: readonly RunEvent[], facts: () => GoldenFacts): GoldenRun {
  const end = events.at(-1);
  if (end?.type !== "run.finished") throw new StationError("station.internal", "a batch ended without its run");
  const { outcome, error } = end;
  return { outcome, ...(error === undefined ? {} : { error }), facts: facts() };
}

function goldenFacts({ file, store, files, clock }: GoldenDeskParts): GoldenFacts {
  const { reference, everyHours } = file;
  const line = files();
  const rule = isTraining(line) ? undefined : file.rule();
  const check = reference === undefined ? undefined : checkOf(store, line, reference);
  const refusal = refusalOf(() => {
    if (rule !== undefined) requireGoldenCheck(rule, line.fixture.name, store, clock.now());
  });
  return {
    everyHours,
    ...(reference === undefined ? {} : { unit: unitOf(reference) }),
    ...(check === undefined ? {} : { check }),
    ...(refusal === undefined ? {} : { refusal: reportOf(refusal) }),
  };
}

function checkOf(store: GoldenDeskParts["store"], { fixture }: StationFiles, reference: GoldenReference) {
  const latest = store.goldenCheck(fixture.name);
  if (latest?.recipeSha256 !== goldenRecipe({ kind: "golden", reference }).sha256) return undefined;
  const { runId: run, outcome, finishedAt } = latest;
  return { run, outcome, finishedAt };
}

function unitOf({ name, uuid, firmware, credentials, learnedAt }: GoldenReference): GoldenFacts["unit"] & object {
  const told = firmware === undefined ? {} : { firmware };
  return { name, uuid, ...told, credentials: credentials.length, learnedAt };
}

function refusalOf(check: () => void): StationError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return asStationError(error);
  }
}
