import type { RunEventBody } from "../contract/run-event.ts";
import { asStationError, reportOf, type StationError } from "../core/error.ts";
import type { Journal } from "./journal.ts";

type Announced = Extract<RunEventBody, { type: "claim.announced" | "queue.announced" }>;
type Concluded = Extract<RunEventBody, { type: "claim.concluded" | "queue.concluded" }>;

/** How a deed at the owner's side failed: refused without effect, or unknown because no answer to what was sent came. */
export type Failure = "refused" | "unknown";

/** A change at the owner's side, and how its end is told. */
export type OwnerDeed<T> = {
  readonly announced: Announced;
  readonly work: () => Promise<T>;
  readonly done: (value: T) => Concluded;
  readonly failed: (failure: Failure) => Concluded;
};

/**
 * Does something at the owner's side: the intent is on the disk before the request is sent, the end is told after it.
 * @throws StationError run.store-silent before anything was sent; what `work` throws
 */
export async function ownerDeed<T>(journal: Journal, deed: OwnerDeed<T>, signal: AbortSignal): Promise<T> {
  await journal.announce(deed.announced, signal);
  try {
    const value = await deed.work();
    journal.tell(deed.done(value));
    return value;
  } catch (error) {
    const cause = asStationError(error);
    journal.tell({ ...deed.failed(failureOf(cause)), error: reportOf(cause) });
    throw cause;
  }
}

/** The service's own refusals have no effect; after everything else (no answer, an unreadable one, a stop) nobody knows. */
function failureOf({ code }: StationError): Failure {
  const unknown = !code.startsWith("cloud.") || code === "cloud.unavailable" || code === "cloud.bad-answer";
  return unknown ? "unknown" : "refused";
}
