import type { Passed } from "../../contract/line-lease.ts";
import { passedStep } from "./decide.ts";
import type { Seen, UnitKeys } from "./keys.ts";
import { restless } from "./take-lease.ts";

const ATTEMPTS = 8;

/**
 * Tells the line that a unit has passed; harmless when repeated, and never over a newer PASS.
 * @returns what the line knew before
 * @throws StationError line.*
 */
export async function tellPassed(passed: UnitKeys<Passed>, uuid: string, own: Passed): Promise<Seen<Passed>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await passed.read(uuid);
    const step = passedStep(before, own);
    if (step.do === "keep" || (await passed.write(uuid, own, step.revision)) !== undefined) return before;
  }
  throw restless(uuid);
}
