import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import type { Suite } from "../suite.ts";
import { protect, unprotect, type DirectionKeys, type PlainRecord } from "./protection.ts";
import { encodeRecord, recordsOf, type RawRecord } from "./record.ts";
import { ReplayWindow } from "./replay-window.ts";

/** What protects both directions from epoch 1 on. */
export type Protection = {
  readonly suite: Suite;
  readonly read: DirectionKeys;
  readonly write: DirectionKeys;
  /** What the peer wants in records to it (RFC 9146); empty for none. */
  readonly peerConnectionId: Uint8Array;
};

/** A record that passed: plain in epoch 0, authentic and new in epoch 1. */
export type ReceivedRecord = PlainRecord & {
  readonly epoch: 0 | 1;
  /** Whether it is newer than every authentic record before it. */
  readonly newest: boolean;
};

const EARLY_LIMIT = 16;
/** Records under one key: well below the bounds of AES-GCM and AES-CCM (RFC 9147 section 4.5.3). */
const RECORD_LIMIT = 2 ** 24;
const NO_ID: Uint8Array = new Uint8Array(0);

/**
 * The record layer of one association (RFC 6347 section 4.1): sequence numbers, protection, replays. Epoch 0 is the handshake
 * in the clear, epoch 1 everything behind the one change of ciphers; there is no other, as nothing is renegotiated.
 * Bad records are dropped without a word (RFC 6347 section 4.1.2.7).
 */
export class RecordLayer {
  #protection: Protection | undefined;
  #plainAllowed = true;
  #window = new ReplayWindow();
  #early: RawRecord[] = [];
  #dropped = 0;
  readonly #nextSequence: [number, number];
  readonly #ownConnectionId: Uint8Array;

  /**
   * @param firstSequence of epoch 0; a server goes on with the one of the hello that it answers (RFC 6347 section 4.2.1)
   * @param ownConnectionId what the peer is told to put into its records; empty for none
   */
  constructor(firstSequence = 0, ownConnectionId = NO_ID) {
    this.#nextSequence = [firstSequence, 0];
    this.#ownConnectionId = ownConnectionId;
  }

  /** Records that were dropped, for the facts of a handshake that does not come about. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether epoch 1 can be read and written. */
  get isProtected(): boolean {
    return this.#protection !== undefined;
  }

  /** Takes the keys of epoch 1. @returns records of epoch 1 that had overtaken the handshake */
  protectWith(protection: Protection): readonly ReceivedRecord[] {
    this.#protection = protection;
    const early = this.#early;
    this.#early = [];
    return early.flatMap((record) => this.#accept(record));
  }

  /** From now on nothing in the clear is read any more. */
  refusePlain(): void {
    this.#plainAllowed = false;
  }

  /** What passed of a datagram. */
  receive(datagram: Uint8Array): readonly ReceivedRecord[] {
    return recordsOf(datagram, this.#ownConnectionId).flatMap((record) => this.#accept(record));
  }

  /** One record's bytes. @throws StationError `dtls.exhausted` when the keys have protected enough */
  encode(epoch: 0 | 1, record: PlainRecord): Uint8Array {
    const sequence = this.#nextSequence[epoch]++;
    if (epoch === 0)
      return encodeRecord({ type: record.type, epoch, sequence, connectionId: NO_ID, body: record.data });
    const protection = this.#protection;
    if (protection === undefined || sequence >= RECORD_LIMIT)
      throw new StationError("dtls.exhausted", "no more records under these keys", {
        limit: quantity(RECORD_LIMIT, "items"),
      });
    const place = { epoch, sequence, connectionId: protection.peerConnectionId };
    return protect(protection.suite, protection.write, place, record);
  }

  /** Overwrites the keys; nothing can be read or written afterwards. */
  wipe(): void {
    const { read, write } = this.#protection ?? {};
    for (const bytes of [read?.key, read?.salt, write?.key, write?.salt]) bytes?.fill(0);
    this.#protection = undefined;
    this.#plainAllowed = false;
    this.#early = [];
  }

  #accept(record: RawRecord): readonly ReceivedRecord[] {
    const passed = this.#passed(record);
    if (passed === undefined) this.#dropped++;
    return passed === undefined ? [] : [passed];
  }

  #passed(record: RawRecord): ReceivedRecord | undefined {
    switch (record.epoch) {
      case 0:
        return this.#plainAllowed ? { type: record.type, data: record.body, epoch: 0, newest: false } : undefined;
      case 1:
        if (this.#protection !== undefined) return this.#authentic(this.#protection, record);
        this.#keepEarly(record);
        return undefined;
      default:
        return undefined;
    }
  }

  #keepEarly(record: RawRecord): void {
    if (this.#plainAllowed && this.#early.length < EARLY_LIMIT) this.#early.push(record);
  }

  #authentic(protection: Protection, record: RawRecord): ReceivedRecord | undefined {
    // Both would be readable; only the form that was agreed upon is (RFC 9146 section 3).
    if (record.connectionId.length !== this.#ownConnectionId.length) return undefined;
    if (!this.#window.isNew(record.sequence)) return undefined;
    const plain = unprotect(protection.suite, protection.read, record);
    if (plain === undefined) return undefined;
    return { ...plain, epoch: 1, newest: this.#window.mark(record.sequence) };
  }
}
