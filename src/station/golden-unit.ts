import { createHash } from "node:crypto";
import type { AuditStore } from "../audit/audit-store.ts";
import { canonicalJson } from "../audit/canonical-json.ts";
import { GoldenReferenceSchema, type GoldenReference, type Proof } from "../contract/proof.ts";
import { RecipeSchema, type ResolvedRecipe } from "../contract/recipe.ts";
import type { RunEvent } from "../contract/run-event.ts";
import type { Instant } from "../core/clock.ts";
import { lasting } from "../core/fact.ts";
import { minutes } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { parseIsoTime } from "../core/iso-time.ts";
import type { StationFiles } from "./batch-plan.ts";

/** How often the golden unit must be checked, and what it is compared with. */
export type GoldenRule = {
  readonly everyHours: number;
  /** Undefined while no unit has been learned. */
  readonly reference: GoldenReference | undefined;
};

/**
 * What a run on the golden unit records as its recipe: the reference itself, so that an auditor sees what was compared.
 * Equal references give an equal SHA-256.
 */
export function goldenRecipe(proof: Exclude<Proof, { readonly kind: "recipe" }>): ResolvedRecipe {
  const golden = proof.kind === "golden" ? proof.reference : { name: proof.name };
  const frozenText = canonicalJson({ golden });
  const sha256 = createHash("sha256").update(frozenText, "utf8").digest("hex");
  const recipe = RecipeSchema.parse({
    ...{ recipe: 1, product: golden.name, revision: proof.kind === "golden" ? "golden" : "golden: learn" },
    ...{ claim: { by: "elsewhere" }, commands: [] },
  });
  return { recipe, files: {}, secrets: {}, sha256, frozenText };
}

/** The files as runs with this proof work with them: those on the golden unit have its reference in place of the recipe. */
export function filesFor(files: StationFiles, proof: Proof | undefined): StationFiles {
  if (proof === undefined || proof.kind === "recipe") return files;
  const { values: _values, ...rest } = files;
  return { ...rest, recipe: goldenRecipe(proof) };
}

/**
 * The reference that a run with `golden-learn` has taken; undefined unless it passed.
 * @param events all events of that run
 */
export function learnedReference(name: string, events: readonly RunEvent[]): GoldenReference | undefined {
  const end = events.at(-1);
  const identified = events.findLast((event) => event.type === "unit.identified");
  const started = events.find((event) => event.type === "run.started");
  if (end?.type !== "run.finished" || end.outcome !== "PASS" || identified === undefined) return undefined;
  const { uuid, imei, model, firmware, hardware } = identified.device;
  const credentials = events.flatMap((event) => {
    if (event.type !== "credential.verified") return [];
    const { secTag, credential: type, foundSha256: sha256 } = event;
    return [{ secTag, type, ...(sha256 === undefined ? {} : { sha256 }) }];
  });
  return GoldenReferenceSchema.parse({
    ...{ golden: 1, name, uuid, imei, credentials, learnedAt: end.at },
    ...(model === undefined ? {} : { model }),
    ...(firmware === undefined ? {} : { firmware }),
    ...(hardware === undefined ? {} : { hardware }),
    ...(started?.operator === undefined ? {} : { operator: started.operator }),
  });
}

/**
 * Passes when the golden unit was checked on this fixture, with this very reference, not longer ago than the rule says, and
 * has not failed since.
 * @throws StationError station.golden-missing, station.golden-due, station.golden-failed
 */
export function requireGoldenCheck(
  { everyHours, reference }: GoldenRule,
  fixture: string,
  store: Pick<AuditStore, "goldenCheck">,
  now: Instant,
): void {
  if (reference === undefined) throw new StationError("station.golden-missing", "no golden unit was learned", {});
  const limit = minutes(everyHours * 60);
  const facts = { golden: reference.name, fixture, every: lasting(limit) };
  const latest = store.goldenCheck(fixture);
  if (latest === undefined || latest.recipeSha256 !== goldenRecipe({ kind: "golden", reference }).sha256)
    throw new StationError("station.golden-due", "the golden unit was not checked yet", facts);
  const { finishedAt, runId: run, outcome } = latest;
  if (outcome !== "PASS")
    throw new StationError("station.golden-failed", "the last check of the golden unit did not pass", {
      ...{ ...facts, finishedAt, run, outcome },
    });
  if (now - (parseIsoTime(finishedAt) ?? 0) > limit)
    throw new StationError("station.golden-due", "the golden unit was checked too long ago", { ...facts, finishedAt });
}
