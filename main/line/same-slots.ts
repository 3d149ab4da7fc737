import type { StationFiles } from "../../src/station/batch-plan.ts";

/** Whether two lines have one fixture with the same slots: what they show then stays. */
export function sameSlots(one: StationFiles, other: StationFiles): boolean {
  const names = ({ fixture }: StationFiles): string => fixture.slots.map(({ slot }) => slot).join(" ");
  return one.fixture.name === other.fixture.name && names(one) === names(other);
}
