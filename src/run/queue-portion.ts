import { QUEUE_LIMIT, type OwnerCommand } from "../cloud/owner-command.ts";

/**
 * The commands that go into the unit's queue next: as many as fit, and none that needs what the unit has yet to answer to one
 * of them, as a certificate needs its request.
 * @param next place of the first, counted from 0
 */
export function nextPortion(commands: readonly OwnerCommand[], next: number): readonly OwnerCommand[] {
  const portion = commands.slice(next, next + QUEUE_LIMIT);
  const end = portion.findIndex(
    ({ awaits }, index) =>
      awaits !== undefined &&
      portion.slice(0, index).some(({ makes }) => makes !== undefined && makes === awaits.secTag),
  );
  return end === -1 ? portion : portion.slice(0, end);
}
