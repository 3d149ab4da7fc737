import { AckPolicy, DeliverPolicy, jetstreamManager, ReplayPolicy, type JsMsg } from "@nats-io/jetstream";
import type { JetStreamManager } from "@nats-io/jetstream";
import { abortReason } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { LineSession } from "../line/connect-line.ts";
import { lineError } from "../line/line-error.ts";
import { COLLECTOR, EVENTS, STATION_NAME_HEADER } from "../line/names.ts";
import type { StreamMessage } from "./decode.ts";

/** A message with what tells the engine that it is in the database. */
export type Delivery = { readonly message: StreamMessage; readonly ack: () => void };

/** Where the stream stands. */
export type StreamPlace = {
  /** Which stream it is: when it was made. */
  readonly stream: string;
  readonly lastSeq: number;
};

/** Messages of one request, and how many may be under way. */
const PULLED = 1000;
const PULL_LIMIT_MS = 1000;
const UNACKNOWLEDGED = 4 * PULLED;
const NANOSECONDS = 1_000_000;
const ACK_WAIT_MS = 60_000;

/**
 * The event stream from a place on, in its own order: through a durable consumer of the central database, which shows an
 * administrator how far it has come. Where the consumer stands elsewhere than the database, because a collector was killed
 * between commit and acknowledgement or a backup was put back, it is made anew from the database's place: the database
 * decides, and nothing is left out or waits for a redelivery.
 */
export class StreamFeed {
  readonly #session: LineSession;
  readonly #manager: JetStreamManager;
  readonly #durable: string;

  private constructor(session: LineSession, manager: JetStreamManager, database: string) {
    this.#session = session;
    this.#manager = manager;
    this.#durable = `${COLLECTOR}-${database.slice(-12)}`;
  }

  /** @param database identity of the central database */
  static async open(session: LineSession, database: string, limit: number): Promise<StreamFeed> {
    try {
      const manager = await jetstreamManager(session.nats, { checkAPI: false, timeout: limit });
      return new StreamFeed(session, manager, database);
    } catch (error) {
      throw lineError(error, "the line's engine does not answer");
    }
  }

  /** @throws StationError line.*, collect.no-stream */
  async place(): Promise<StreamPlace> {
    try {
      const { created, state } = await this.#manager.streams.info(EVENTS.stream);
      return { stream: created, lastSeq: state.last_seq };
    } catch (error) {
      const failure = lineError(error, "the stream of events cannot be looked at");
      if (failure.code !== "line.not-set-up") throw failure;
      throw new StationError(
        "collect.no-stream",
        "there is no stream of events",
        { stream: EVENTS.stream },
        { cause: error },
      );
    }
  }

  /**
   * Messages behind a place, one at a time, for as long as the signal lasts.
   * @throws StationError line.* when the session is lost; the signal's reason
   */
  async *messages(after: number, signal: AbortSignal): AsyncGenerator<Delivery, void> {
    const stop = AbortSignal.any([signal, this.#session.lost]);
    let last = after;
    try {
      await this.#stand(last);
      // The first message behind a new consumer may leave numbers out: those are not in the stream any longer.
      let mayJump = true;
      while (!stop.aborted) {
        let isOrdered = true;
        const consumer = await this.#session.js.consumers.get(EVENTS.stream, this.#durable);
        const pulled = await consumer.fetch({ max_messages: PULLED, expires: PULL_LIMIT_MS });
        const end = (): void => pulled.stop();
        stop.addEventListener("abort", end, { once: true });
        try {
          for await (const message of pulled) {
            if (message.seq <= last) {
              message.ack();
              continue;
            }
            if (message.seq !== last + 1 && !mayJump) {
              isOrdered = false;
              break;
            }
            mayJump = false;
            last = message.seq;
            yield { message: streamMessage(message), ack: () => message.ack() };
          }
        } finally {
          stop.removeEventListener("abort", end);
        }
        if (isOrdered) continue;
        // What is missing was delivered and lost on its way, or taken out of the stream: a new consumer tells which.
        await this.#make(last);
        mayJump = true;
      }
    } catch (error) {
      throw lineError(error, "the stream of events cannot be read");
    }
    throw abortReason(stop);
  }

  /** How many messages of the stream wait behind the consumer. */
  async waiting(): Promise<number> {
    try {
      return (await this.#manager.consumers.info(EVENTS.stream, this.#durable)).num_pending;
    } catch (error) {
      throw lineError(error, "the consumer cannot be looked at");
    }
  }

  /** The consumer stands at the place, or is made to. */
  async #stand(after: number): Promise<void> {
    const found = await this.#info();
    if (found?.ack_floor.stream_seq === after && found.num_ack_pending === 0) return;
    await this.#make(after);
  }

  async #make(after: number): Promise<void> {
    if ((await this.#info()) !== undefined) await this.#manager.consumers.delete(EVENTS.stream, this.#durable);
    await this.#manager.consumers.add(EVENTS.stream, {
      durable_name: this.#durable,
      ack_policy: AckPolicy.Explicit,
      ack_wait: ACK_WAIT_MS * NANOSECONDS,
      max_ack_pending: UNACKNOWLEDGED,
      replay_policy: ReplayPolicy.Instant,
      ...(after === 0
        ? { deliver_policy: DeliverPolicy.All }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 }),
    });
  }

  async #info() {
    try {
      return await this.#manager.consumers.info(EVENTS.stream, this.#durable);
    } catch (error) {
      if (lineError(error, "").code === "line.not-set-up") return undefined;
      throw error;
    }
  }
}

function streamMessage({ seq, subject, headers, data }: JsMsg): StreamMessage {
  const name = headers?.get(STATION_NAME_HEADER);
  return { streamSeq: seq, subject, name: name === "" ? undefined : name, data };
}
