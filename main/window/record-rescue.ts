import { beginAnew } from "../../src/audit/begin-anew.ts";
import { restoreDatabase } from "../../src/audit/restore.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { ErrorCode } from "../../src/core/error-codes.ts";
import { asStationError, describeError, type StationError } from "../../src/core/error.ts";
import type { Texts } from "./texts.ts";

/** A question to the person before the station; the first button is the one that does nothing. */
export type Question = { readonly message: string; readonly detail: string; readonly buttons: readonly string[] };

/** What the rescue works with. */
export type RescueParts = {
  /** Path of the audit database. */
  readonly record: string;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Asks a question and answers the button's index. */
  readonly ask: (question: Question) => Promise<number>;
  /** Lets the person choose a backup. */
  readonly openBackup: () => Promise<string | undefined>;
};

type Trouble = "damaged" | "taken" | "full" | "unwritable";

const TROUBLES: ReadonlyMap<ErrorCode, Trouble> = new Map([
  ["audit.corrupt", "damaged"],
  ["audit.cut", "damaged"],
  ["audit.foreign", "damaged"],
  ["audit.in-use", "taken"],
  ["audit.locked", "taken"],
  ["audit.full", "full"],
  ["audit.unwritable", "unwritable"],
]);

/**
 * Opens the station. While its record cannot be opened, tells the person before it what is the matter and what to do, in their
 * language: try again, restore a backup, or put the damaged record aside and begin a new one. Nothing is done unasked.
 * @returns undefined when the person gives up
 * @throws whatever else keeps the station from opening
 */
export async function openOrRescue<T>(open: () => Promise<T>, parts: RescueParts): Promise<T | undefined> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const refusal = asStationError(error);
      const trouble = TROUBLES.get(refusal.code);
      if (trouble === undefined) throw error;
      parts.log(describeError(error));
      if (!(await isToGoOn(trouble, refusal, parts))) return undefined;
    }
  }
}

async function isToGoOn(trouble: Trouble, refusal: StationError, parts: RescueParts): Promise<boolean> {
  const { texts, ask } = parts;
  const { close, again, restore, begin } = texts.record;
  const { message, detail } = texts.record[trouble];
  const told = { message, detail: `${detail}\n\n${describeError(refusal)}` };
  if (trouble !== "damaged") return (await ask({ ...told, buttons: [close, again] })) === 1;
  for (;;) {
    const answer = await ask({ ...told, buttons: [close, restore, begin] });
    if (answer !== 1 && answer !== 2) return false;
    if (await (answer === 1 ? isRestored(parts) : isBegun(parts))) return true;
  }
}

async function isRestored(parts: RescueParts): Promise<boolean> {
  const { record, clock, log } = parts;
  const backup = await parts.openBackup();
  if (backup === undefined) return false;
  return isDone(parts, async () => {
    const { aside = "nothing" } = await restoreDatabase(backup, record, { clock });
    log(`the record was restored from ${backup}; kept aside: ${aside}`);
  });
}

async function isBegun(parts: RescueParts): Promise<boolean> {
  const { record, clock, log, ask, texts } = parts;
  const { message, detail, begin, back } = texts.record.sure;
  if ((await ask({ message, detail, buttons: [back, begin] })) !== 1) return false;
  return isDone(parts, async () => log(`a new record begins; kept aside: ${await beginAnew(record, { clock })}`));
}

async function isDone({ ask, log, texts }: RescueParts, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    log(describeError(error));
    const { message, back } = texts.record.notDone;
    await ask({ message, detail: `${describeError(error)}\n\n${asStationError(error).advice}`, buttons: [back] });
    return false;
  }
}
