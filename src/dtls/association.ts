import type { Duration } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { alertFor, alertName, encodeAlert, parseAlert } from "./alert.ts";
import { MESSAGE_LIMIT, type DtlsFacts } from "./dtls-connection.ts";
import { Flight } from "./handshake/flight.ts";
import type { Handshake, HandshakeStep } from "./handshake/handshake.ts";
import { fragmentsOf, MESSAGE, type Fragment } from "./handshake/message.ts";
import type { Reassembly } from "./handshake/reassembly.ts";
import type { ReceivedRecord, RecordLayer } from "./record/record-layer.ts";
import { CONTENT } from "./record/record.ts";

/** What an association wants done by whoever holds the socket and the clock. */
export type Effect =
  | { readonly kind: "transmit"; readonly datagram: Uint8Array }
  /** Call `timeout` after this delay; replaces an earlier one. */
  | { readonly kind: "arm"; readonly delay: Duration }
  | { readonly kind: "disarm" }
  /** An authentic record came; `newest` when it is newer than all before. */
  | { readonly kind: "authentic"; readonly newest: boolean }
  | { readonly kind: "opened"; readonly facts: DtlsFacts }
  | { readonly kind: "deliver"; readonly data: Uint8Array }
  | { readonly kind: "ended"; readonly error: StationError | undefined };

const EARLY_MESSAGES = 8;
const MOST_NO_RENEGOTIATION = 4;

/** Alerts that say the same as the station's own code. */
const NOTHING_SHARED = new Set(["handshake_failure", "protocol_version", "insufficient_security"]);

/**
 * One DTLS association, client or server, from its first flight to its end: records in, effects out. It has no socket and no
 * clock; times come in as arguments (monotonic, ms). What is not authentic after the handshake, or out of place at any time,
 * changes nothing.
 */
export class Association {
  readonly #handshake: Handshake;
  readonly #records: RecordLayer;
  readonly #reassembly: Reassembly;
  #state: "handshaking" | "open" | "ended" = "handshaking";
  #flight: Flight | undefined;
  /** The peer's message that the current flight answers: when it comes again, the flight was lost. */
  #answered = -1;
  #cipherChanged = false;
  #early: Uint8Array[] = [];
  #received: number;
  #refusals = 0;
  #effects: Effect[] = [];

  /** @param received datagrams of the peer so far; a server's association begins with a hello that was read before */
  constructor(handshake: Handshake, records: RecordLayer, reassembly: Reassembly, received = 0) {
    this.#received = received;
    this.#handshake = handshake;
    this.#records = records;
    this.#reassembly = reassembly;
  }

  get state(): "handshaking" | "open" | "ended" {
    return this.#state;
  }

  /** Sends the first flight. */
  start(now: number): readonly Effect[] {
    return this.#doing(() => this.#apply(this.#handshake.start(), now));
  }

  /** Takes a datagram. */
  receive(datagram: Uint8Array, now: number): readonly Effect[] {
    this.#received++;
    return this.#doing(() => {
      for (const record of this.#records.receive(datagram)) this.#record(record, now);
    });
  }

  /** The delay of the last `arm` has passed: the flight is sent again, or given up. */
  timeout(now: number): readonly Effect[] {
    return this.#doing(() => {
      const flight = this.#flight;
      if (this.#state !== "handshaking" || flight === undefined) return;
      if (flight.isSpent) throw this.#noHandshake();
      this.#transmit(flight, now);
    });
  }

  /** The time for the handshake is over. */
  giveUp(): readonly Effect[] {
    return this.#doing(() => {
      if (this.#state === "handshaking") throw this.#noHandshake();
    });
  }

  /** Protects a message. @throws StationError `dtls.closed`, `dtls.too-large`, `dtls.exhausted` */
  send(data: Uint8Array): readonly Effect[] {
    if (this.#state !== "open") throw new StationError("dtls.closed", "the connection is closed");
    if (data.length > MESSAGE_LIMIT)
      throw new StationError("dtls.too-large", "the message does not fit a record", {
        size: quantity(data.length, "bytes"),
        limit: quantity(MESSAGE_LIMIT, "bytes"),
      });
    return [{ kind: "transmit", datagram: this.#records.encode(1, { type: CONTENT.application, data }) }];
  }

  /** Says goodbye and ends. @param error why, when it is not a wish of this side */
  close(error?: StationError): readonly Effect[] {
    return this.#doing(() => {
      if (this.#state === "ended") return;
      this.#alert(encodeAlert("close_notify", "warning"));
      this.#end(error);
    });
  }

  /** Ends without a word. */
  abandon(error: StationError): readonly Effect[] {
    return this.#doing(() => this.#end(error));
  }

  /** Runs one input; an error in it ends the association with an alert. */
  #doing(work: () => void): readonly Effect[] {
    try {
      work();
    } catch (error) {
      this.#fail(asStationError(error));
    }
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #record(record: ReceivedRecord, now: number): void {
    if (this.#state === "ended") return;
    if (record.epoch === 1) this.#effects.push({ kind: "authentic", newest: record.newest });
    switch (record.type) {
      case CONTENT.handshake:
        for (const fragment of fragmentsOf(record.data)) this.#fragment(record.epoch, fragment, now);
        return;
      case CONTENT.cipherChange:
        if (record.epoch !== 0 || record.data.length !== 1 || record.data[0] !== 1) return;
        // Which keys a record is under its epoch tells alone; this only lets Finished through, as RFC 5246 section 7.1 wants.
        this.#cipherChanged = true;
        this.#drain(now);
        return;
      case CONTENT.alert:
        this.#alerted(record);
        return;
      case CONTENT.application:
        this.#application(record);
        return;
    }
  }

  #application({ epoch, data }: ReceivedRecord): void {
    if (epoch === 0) return;
    if (this.#state === "open") this.#effects.push({ kind: "deliver", data });
    else if (this.#early.length < EARLY_MESSAGES) this.#early.push(data);
  }

  #fragment(epoch: 0 | 1, fragment: Fragment, now: number): void {
    if (this.#state === "ended") return;
    // Finished alone is protected; in the clear it is a forgery, and everything else behind it is a renegotiation.
    const inPlace = (fragment.type === MESSAGE.finished) === (epoch === 1);
    if (!inPlace) {
      if (epoch === 1) this.#refuseRenegotiation(fragment);
      return;
    }
    const taken = this.#reassembly.add(epoch, fragment);
    if (taken === "old") this.#repeated(fragment, now);
    if (taken === "kept" && this.#state === "handshaking") this.#drain(now);
  }

  /** RFC 6347 section 4.2.4: the peer's earlier flight comes again, so ours is sent again, once its last message is here. */
  #repeated({ sequence, offset, body, length }: Fragment, now: number): void {
    if (sequence !== this.#answered || offset + body.length !== length) return;
    for (const datagram of this.#flight?.answer(this.#records, now) ?? [])
      this.#effects.push({ kind: "transmit", datagram });
  }

  #drain(now: number): void {
    for (;;) {
      const message = this.#reassembly.take((type) => type !== MESSAGE.finished || this.#cipherChanged);
      if (message === undefined) return;
      const steps = this.#handshake.receive(message);
      if (steps.some(({ kind }) => kind === "flight")) this.#answered = message.sequence;
      else if (this.#flight?.awaits === true) this.#effects.push({ kind: "arm", delay: this.#flight.delay });
      this.#apply(steps, now);
    }
  }

  #apply(steps: readonly HandshakeStep[], now: number): void {
    const overtaken: ReceivedRecord[] = [];
    for (const step of steps) {
      switch (step.kind) {
        case "protect":
          overtaken.push(...this.#records.protectWith(step.protection));
          break;
        case "flight":
          this.#flight = new Flight(step.items, step.awaits);
          this.#transmit(this.#flight, now);
          break;
        case "finished":
          this.#open(step.facts);
      }
    }
    for (const record of overtaken) this.#record(record, now);
  }

  #transmit(flight: Flight, now: number): void {
    for (const datagram of flight.transmit(this.#records, now)) this.#effects.push({ kind: "transmit", datagram });
    this.#effects.push(flight.awaits ? { kind: "arm", delay: flight.delay } : { kind: "disarm" });
  }

  #open(facts: DtlsFacts): void {
    this.#state = "open";
    this.#records.refusePlain();
    // A last flight is kept: the peer may not have it (RFC 6347 section 4.2.4).
    if (this.#flight?.awaits === true) this.#flight = undefined;
    this.#effects.push({ kind: "disarm" }, { kind: "opened", facts });
    for (const data of this.#early) this.#effects.push({ kind: "deliver", data });
    this.#early = [];
  }

  #alerted({ data, epoch }: ReceivedRecord): void {
    const alert = parseAlert(data);
    if (alert === undefined) return;
    const name = alertName(alert.description);
    if (name !== "close_notify" && !alert.fatal) return;
    if (name === "close_notify" && this.#state === "open") {
      this.#alert(encodeAlert("close_notify", "warning"));
      this.#end(undefined);
      return;
    }
    const code = NOTHING_SHARED.has(name) ? "dtls.parameters" : "dtls.peer-alert";
    this.#handshake.forgetSession();
    this.#end(
      new StationError(code, "the peer ended the connection with an alert", { alert: name, authentic: epoch === 1 }),
    );
  }

  /** RFC 5746 section 4.5: refused with a warning; a peer that insists ends the connection itself. */
  #refuseRenegotiation({ type }: Fragment): void {
    const asks = type === MESSAGE.helloRequest || type === MESSAGE.clientHello;
    if (this.#state !== "open" || !asks || this.#refusals++ >= MOST_NO_RENEGOTIATION) return;
    this.#alert(encodeAlert("no_renegotiation", "warning"));
  }

  #alert(data: Uint8Array): void {
    const epoch = this.#records.isProtected ? 1 : 0;
    this.#effects.push({ kind: "transmit", datagram: this.#records.encode(epoch, { type: CONTENT.alert, data }) });
  }

  #fail(error: StationError): void {
    if (this.#state === "ended") return;
    this.#handshake.forgetSession();
    if (error.code !== "dtls.no-answer" && error.code !== "dtls.exhausted")
      this.#alert(encodeAlert(alertFor(error), "fatal"));
    this.#end(error);
  }

  #end(error: StationError | undefined): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#records.wipe();
    this.#flight = undefined;
    this.#early = [];
    this.#effects.push({ kind: "disarm" }, { kind: "ended", error });
  }

  #noHandshake(): StationError {
    if (this.#received === 0) return new StationError("dtls.no-answer", "nothing answered");
    return new StationError("dtls.handshake-timeout", "the handshake did not come to its end", {
      datagrams: quantity(this.#received, "items"),
      droppedRecords: quantity(this.#records.dropped, "items"),
    });
  }
}
