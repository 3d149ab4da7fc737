import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import type { LineSession } from "../connect-line.ts";
import { isConflict } from "../line-error.ts";
import { STATION_NAME_HEADER } from "../names.ts";

/** Streams of ours hold nothing larger than a server's usual `max_payload`. */
const LARGEST = 1_048_576;

/** One subject of a stream, to which only this station writes. */
export type SubjectPlace = { readonly stream: string; readonly subject: string; readonly stationName: string };

/** What is to be written: the id by which the engine refuses repeats, and the text. */
export type Entry = { readonly id: string; readonly text: string };

/**
 * A subject that is written in order, whatever happens on the way: every message names the sequence of the one before, so that the
 * engine takes it in that place or not at all. That is also why one message is on its way at a time.
 */
export class SubjectLog {
  readonly #session: LineSession;
  readonly #place: SubjectPlace;
  readonly #manager: JetStreamManager;
  #sequence = 0;

  private constructor(session: LineSession, place: SubjectPlace, manager: JetStreamManager) {
    this.#session = session;
    this.#place = place;
    this.#manager = manager;
  }

  /** The subject as it is now, and its last message. @throws errors of NATS */
  static async open(session: LineSession, place: SubjectPlace): Promise<{ log: SubjectLog; last: unknown }> {
    const { timeout = 3000 } = session.js.getOptions();
    const manager = await jetstreamManager(session.nats, { checkAPI: false, timeout });
    const log = new SubjectLog(session, place, manager);
    return { log, last: await log.#last() };
  }

  /** Whether records of the stream leave it by age. @throws errors of NATS */
  async ages(): Promise<boolean> {
    const { config } = await this.#manager.streams.info(this.#place.stream);
    return config.max_age > 0;
  }

  /**
   * Appends a message; resolves when the stream has it on as many servers as it is kept on.
   * @throws StationError line.too-large, line.answer when the subject is not as it was; errors of NATS
   */
  async append({ id, text }: Entry): Promise<void> {
    const { stream, subject, stationName } = this.#place;
    const data = new TextEncoder().encode(text);
    const limit = this.#session.nats.info?.max_payload ?? LARGEST;
    if (data.length > limit)
      throw new StationError("line.too-large", "a record is larger than the servers take", {
        ...{ message: id, size: quantity(data.length, "bytes"), limit: quantity(limit, "bytes") },
      });
    const named = headers();
    named.set(STATION_NAME_HEADER, stationName);
    try {
      const expect = { lastSubjectSequence: this.#sequence };
      const ack = await this.#session.js.publish(subject, data, { msgID: id, expect, headers: named });
      const fits = ack.stream === stream && Number.isSafeInteger(ack.seq) && ack.seq > this.#sequence;
      if (!fits || ack.duplicate) throw moved(subject, id);
      this.#sequence = ack.seq;
    } catch (error) {
      if (isConflict(error)) throw moved(subject, id, error);
      throw error;
    }
  }

  async #last(): Promise<unknown> {
    const { stream, subject } = this.#place;
    const message = await this.#manager.streams.getMessage(stream, { last_by_subj: subject });
    if (message === null) return undefined;
    const { seq, data } = message;
    if (message.subject !== subject || !Number.isSafeInteger(seq) || seq < 1 || data.length > LARGEST)
      throw new StationError("line.answer", "the stream answered with something else than was asked for", { subject });
    this.#sequence = seq;
    try {
      return message.json<unknown>();
    } catch (cause) {
      throw new StationError(
        "line.answer",
        "the stream's last message of this station cannot be read",
        { subject },
        { cause },
      );
    }
  }
}

/** Something was written meanwhile, or the answer was of another time: what there is has to be asked for anew. */
function moved(subject: string, message: string, cause?: unknown): StationError {
  return new StationError("line.answer", "the stream is not where it was", { subject, message }, { cause });
}
