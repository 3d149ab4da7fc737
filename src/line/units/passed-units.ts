import type { Passed } from "../../contract/line-lease.ts";
import { passedStep } from "./decide.ts";
import type { UnitKeys } from "./keys.ts";
import { restless } from "./take-lease.ts";

const ATTEMPTS = 8;

/**
 * Tells the line that a unit has passed; harmless when repeated, and never over a newer PASS.
 * @throws StationError line.*
 */
export async function tellPassed(passed: UnitKeys<Passed>, uuid: string, own: Passed): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const step = passedStep(await passed.read(uuid), own);
    if (step.do === "keep" || (await passed.write(uuid, own, step.revision)) !== undefined) return;
  }
  throw restless(uuid);
}
