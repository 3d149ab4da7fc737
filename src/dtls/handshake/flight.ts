import { milliseconds, seconds, type Duration } from "../../core/duration.ts";
import { CONTENT } from "../record/record.ts";
import type { RecordLayer } from "../record/record-layer.ts";
import { joined } from "../bytes.ts";
import type { FlightItem } from "./handshake.ts";
import { encodeFragment, FRAGMENT_HEADER } from "./message.ts";

/** Bytes of a datagram at first, and after losses, when the path may be narrower (RFC 6347 section 4.1.1.1). */
const DATAGRAM_LIMIT = 1200;
const SMALL_DATAGRAM_LIMIT = 548;
const LOSSES_BEFORE_SMALL = 2;

/** What a record adds to its content at most: header, connection id, nonce, tag and inner type. */
const RECORD_OVERHEAD = 13 + 255 + 8 + 16 + 1;
const PLAIN_OVERHEAD = 13;

const FIRST_DELAY = seconds(1);
const LONGEST_DELAY = seconds(60);
/** The 1st to 6th wait add up to 63 s. */
const MOST_TRANSMISSIONS = 7;
/** A repeated flight of the peer is answered no more often than this. */
const ANSWER_PAUSE = milliseconds(200);
const MOST_ANSWERS = 16;

/**
 * A flight of handshake messages and when to send it (RFC 6347 section 4.2.4): again after 1 s, 2 s, 4 s … without an answer,
 * and when the peer's earlier flight comes again, which shows that this one was lost.
 */
export class Flight {
  readonly #items: readonly FlightItem[];
  /** Whether an answer is due; the last flight of a handshake has none. */
  readonly awaits: boolean;
  #transmissions = 0;
  #answers = 0;
  #sentAt = -Infinity;

  constructor(items: readonly FlightItem[], awaits: boolean) {
    this.#items = items;
    this.awaits = awaits;
  }

  /** The datagrams of the next transmission, packed; records get new sequence numbers each time. @param now monotonic, ms */
  transmit(records: RecordLayer, now: number): readonly Uint8Array[] {
    this.#transmissions++;
    return this.#encode(records, now);
  }

  /** Whether it was sent often enough. */
  get isSpent(): boolean {
    return this.#transmissions >= MOST_TRANSMISSIONS;
  }

  /** How long to wait for an answer to the latest transmission. */
  get delay(): Duration {
    return milliseconds(Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.max(0, this.#transmissions - 1)));
  }

  /** What answers a repeated flight of the peer: this one again, if at all; bounded, as anybody can repeat datagrams. */
  answer(records: RecordLayer, now: number): readonly Uint8Array[] {
    if (now - this.#sentAt < ANSWER_PAUSE || this.#answers >= MOST_ANSWERS) return [];
    this.#answers++;
    return this.#encode(records, now);
  }

  #encode(records: RecordLayer, now: number): readonly Uint8Array[] {
    const limit = this.#transmissions > LOSSES_BEFORE_SMALL ? SMALL_DATAGRAM_LIMIT : DATAGRAM_LIMIT;
    this.#sentAt = now;
    return packed(
      this.#items.flatMap((item) => encodeItem(item, records, limit)),
      limit,
    );
  }
}

function encodeItem(item: FlightItem, records: RecordLayer, limit: number): readonly Uint8Array[] {
  if (item.kind === "cipher-change") return [records.encode(0, { type: CONTENT.cipherChange, data: Uint8Array.of(1) })];
  const { epoch, message } = item;
  const room = limit - FRAGMENT_HEADER - (epoch === 0 ? PLAIN_OVERHEAD : RECORD_OVERHEAD);
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset === 0 || offset < message.body.length; offset += room) {
    const body = message.body.subarray(offset, offset + room);
    const fragment = encodeFragment({ ...message, length: message.body.length, offset, body });
    parts.push(records.encode(epoch, { type: CONTENT.handshake, data: fragment }));
  }
  return parts;
}

/** As many records in a datagram as fit. */
function packed(records: readonly Uint8Array[], limit: number): readonly Uint8Array[] {
  const datagrams: Uint8Array[][] = [];
  let size = Infinity;
  for (const record of records) {
    if (size + record.length > limit) {
      datagrams.push([]);
      size = 0;
    }
    datagrams.at(-1)?.push(record);
    size += record.length;
  }
  return datagrams.map((parts) => joined(...parts));
}
