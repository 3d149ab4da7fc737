import { QUEUE_LIMIT, type OwnerCommand } from "../cloud/owner-command.ts";

/** What of a command decides where a portion ends. */
type Signing = Pick<OwnerCommand, "makes" | "awaits">;

/**
 * The commands that go into the unit's queue next: as many as fit, and none that needs what the unit has yet to answer to one
 * of them, as a certificate needs its request.
 * @param next place of the first, counted from 0
 */
export function nextPortion<Command extends Signing>(commands: readonly Command[], next: number): readonly Command[] {
  const portion = commands.slice(next, next + QUEUE_LIMIT);
  const end = portion.findIndex(
    ({ awaits }, index) =>
      awaits !== undefined &&
      portion.slice(0, index).some(({ makes }) => makes !== undefined && makes === awaits.secTag),
  );
  return end === -1 ? portion : portion.slice(0, end);
}

/** In which round each command goes into the queue, from 1 on. */
export function roundsOf(commands: readonly Signing[]): readonly number[] {
  const rounds: number[] = [];
  for (let round = 1; rounds.length < commands.length; round++)
    rounds.push(...nextPortion(commands, rounds.length).map(() => round));
  return rounds;
}
