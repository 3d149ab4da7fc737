import { connect } from "@nats-io/transport-node";
import { DeliverPolicy, jetstream, jetstreamManager, type Consumer } from "@nats-io/jetstream";
import {
  LineEventSchema,
  LineIdentitySchema,
  type LineEvent,
  type LineIdentity,
} from "../../../src/contract/line-message.ts";
import { EVENTS, eventSubject } from "../../../src/line/names.ts";

/** A message as it lies in a stream. */
export type StoredMessage = {
  readonly seq: number;
  readonly id: string;
  readonly text: string;
  readonly station: string;
};

/**
 * Every message of a subject, oldest first, as somebody else reads it. How far there is something to read is asked of the stream's
 * leader; a consumer may stand on a server that was away and has less for a while, and is then made anew.
 * @param server `host:port` or an address with scheme
 */
export async function readSubject(server: string, stream: string, subject: string): Promise<readonly StoredMessage[]> {
  const nats = await connect({ servers: server.replace(/^nats:\/\//, ""), reconnect: false });
  try {
    const js = jetstream(nats, { timeout: 20_000 });
    const { streams } = await jetstreamManager(nats, { timeout: 20_000 });
    const last = (await streams.getMessage(stream, { last_by_subj: subject }))?.seq ?? 0;
    const messages: StoredMessage[] = [];
    for (let next = 1; next <= last; next = (messages.at(-1)?.seq ?? 0) + 1) {
      const consumer = await js.consumers.get(stream, {
        filter_subjects: subject,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: next,
      });
      const { num_pending: count } = await consumer.info(false);
      if (count === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      else messages.push(...(await readOn(consumer)).filter(({ seq }) => seq >= next));
    }
    return messages;
  } finally {
    await nats.close();
  }
}

async function readOn(consumer: Consumer): Promise<readonly StoredMessage[]> {
  const messages: StoredMessage[] = [];
  for await (const message of await consumer.consume({ max_messages: 500 })) {
    const station = message.headers?.get("Station-Name") ?? "";
    const id = message.headers?.get("Nats-Msg-Id") ?? "";
    messages.push({ seq: message.seq, id, text: message.string(), station });
    if (message.info.pending === 0) break;
  }
  return messages;
}

/** The events of a station as the line has them: its identity and its rows. @throws ZodError where a message is not in order */
export async function readEvents(
  server: string,
  station: string,
): Promise<{
  readonly identity: LineIdentity;
  readonly events: readonly LineEvent[];
  readonly ids: readonly string[];
}> {
  const [first, ...rest] = await readSubject(server, EVENTS.stream, eventSubject(station));
  return {
    identity: LineIdentitySchema.parse(JSON.parse(first?.text ?? "{}")),
    events: rest.map(({ text }) => LineEventSchema.parse(JSON.parse(text))),
    ids: [first, ...rest].map((message) => message?.id ?? ""),
  };
}
