import { joined, numberAt, sameBytes, uint, vector } from "../bytes.ts";

/** Content types of records (RFC 5246 section 6.2.1, RFC 9146 section 4). */
export const CONTENT = { cipherChange: 20, alert: 21, handshake: 22, application: 23, connectionId: 25 } as const;

/** DTLS 1.2 on the wire; DTLS 1.0 stands only in records of first hellos (RFC 6347 section 4.1). */
export const DTLS_1_2 = 0xfefd;
const DTLS_1_0 = 0xfeff;

/** Most bytes of a record's plaintext, and by how much protection may lengthen it (RFC 5246 section 6.2.3). */
export const PLAINTEXT_LIMIT = 16_384;
const EXPANSION_LIMIT = 2048;

/** Bytes of a record's header without connection id: type, version, epoch, sequence number, length. */
const HEADER = 13;

/** A record as it lies in a datagram, nothing of it checked but its form. */
export type RawRecord = {
  readonly type: number;
  readonly epoch: number;
  /** 48 bits; unique within its epoch. */
  readonly sequence: number;
  /** The connection id, empty where the type is another than 25. */
  readonly connectionId: Uint8Array;
  readonly body: Uint8Array;
};

/**
 * The records of a datagram (RFC 6347 section 4.1.1). What cannot be a record ends the reading; nothing is ever thrown.
 * @param ownConnectionId what the peer was asked to put into its records; empty when nothing
 */
export function recordsOf(datagram: Uint8Array, ownConnectionId: Uint8Array): readonly RawRecord[] {
  const records: RawRecord[] = [];
  for (let at = 0; at + HEADER <= datagram.length;) {
    const idLength = datagram[at] === CONTENT.connectionId ? ownConnectionId.length : 0;
    if (at + HEADER + idLength > datagram.length) break;
    const length = numberAt(datagram, at + 11 + idLength, 2);
    const end = at + HEADER + idLength + length;
    if (end > datagram.length || length > PLAINTEXT_LIMIT + EXPANSION_LIMIT) break;
    const record = recordAt(datagram, at, idLength, length);
    if (record !== undefined && sameBytes(record.connectionId, idLength > 0 ? ownConnectionId : NO_ID))
      records.push(record);
    at = end;
  }
  return records;
}

const NO_ID = new Uint8Array(0);

function recordAt(datagram: Uint8Array, at: number, idLength: number, length: number): RawRecord | undefined {
  const type = datagram[at] ?? 0;
  const version = numberAt(datagram, at + 1, 2);
  const epoch = numberAt(datagram, at + 3, 2);
  if (version !== DTLS_1_2 && !(version === DTLS_1_0 && epoch === 0)) return undefined;
  if (type < CONTENT.cipherChange || (type > CONTENT.application && idLength === 0)) return undefined;
  const start = at + HEADER + idLength;
  return {
    type,
    epoch,
    sequence: numberAt(datagram, at + 5, 6),
    connectionId: datagram.subarray(at + 11, at + 11 + idLength),
    body: datagram.subarray(start, start + length),
  };
}

/** Epoch and sequence number as they stand in the header and in nonces: 8 bytes. */
export function stampOf(epoch: number, sequence: number): Uint8Array {
  return joined(uint(epoch, 2), uint(sequence, 6));
}

/** A record's bytes. */
export function encodeRecord(record: RawRecord): Uint8Array {
  return joined(
    Uint8Array.of(record.type),
    uint(DTLS_1_2, 2),
    stampOf(record.epoch, record.sequence),
    record.connectionId,
    vector(2, record.body),
  );
}
