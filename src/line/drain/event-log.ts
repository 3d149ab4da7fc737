import { LineMessageSchema, type LineMessage } from "../../contract/line-message.ts";
import { StationError } from "../../core/error.ts";
import type { LineSession } from "../connect-line.ts";
import { EVENTS, eventSubject } from "../names.ts";
import type { DrainSource } from "./drain-source.ts";
import { identityEntry } from "./line-texts.ts";
import { SubjectLog } from "./subject-log.ts";

/** A station's events on the line, and up to which position of the chain they are there. */
export type EventLog = { readonly log: SubjectLog; readonly position: number };

/**
 * Looks how far the line is with this station's events, and brings the outbox in line with that: what is there already is settled,
 * what the line has lost waits again. So neither days of absence nor the end of the engine's window for repeats change anything.
 * @throws StationError line.forked when the line holds another history under this identity, line.answer; errors of NATS
 */
export async function openEventLog(session: LineSession, source: DrainSource, stationName: string): Promise<EventLog> {
  const subject = eventSubject(source.identity.id);
  const { log, last } = await SubjectLog.open(session, { stream: EVENTS.stream, subject, stationName });
  if (last === undefined) return begin(log, source);
  const parsed = LineMessageSchema.safeParse(last);
  if (!parsed.success)
    throw new StationError("line.answer", "the line's last record of this station cannot be read", { subject });
  refuseFork(parsed.data, source);
  const { position } = parsed.data;
  if (position > source.settled) await source.settle(position);
  else if (position < source.settled) await source.refill(position);
  return { log, position: Math.max(position, source.started) };
}

async function begin(log: SubjectLog, source: DrainSource): Promise<EventLog> {
  // Where nothing leaves the stream by age, what was sent and is not there was lost.
  if (source.settled > source.started && !(await log.ages())) await source.refill(0);
  await log.append(identityEntry(source.identity));
  return { log, position: source.settled };
}

function refuseFork(last: LineMessage, source: DrainSource): void {
  const { id, createdAt, publicKey } = source.identity;
  const { position } = last;
  const same =
    last.station === id &&
    ("hash" in last
      ? last.hash === source.hashAt(position)
      : last.publicKey === publicKey && last.createdAt === createdAt);
  if (same) return;
  throw new StationError("line.forked", "the line holds another history of this station", { station: id, position });
}
