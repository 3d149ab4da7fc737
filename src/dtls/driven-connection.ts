import type { Clock } from "../core/clock.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { Association, Effect } from "./association.ts";
import type { PeerAddress } from "./datagram-port.ts";
import type { DtlsConnection, DtlsFacts } from "./dtls-connection.ts";

/** What surrounds a connection. */
export type ConnectionSurroundings = {
  readonly clock: Clock;
  readonly transmit: (datagram: Uint8Array, to: PeerAddress) => void;
  readonly onOpened: () => void;
  /** Called once; the answer is waited for by `close`. */
  readonly onEnded: (error: StationError | undefined) => Promise<void>;
};

const MOST_WAITING = 32;

/** An association with its clock, its peer's address and its listeners: the shell that does what the association wants. */
export class DrivenConnection implements DtlsConnection {
  readonly #association: Association;
  readonly #surroundings: ConnectionSurroundings;
  #peer: PeerAddress;
  #facts: DtlsFacts | undefined;
  #disarm: () => void = () => undefined;
  #onMessage: ((data: Uint8Array) => void) | undefined;
  #onEnd: ((error: StationError | undefined) => void) | undefined;
  #waiting: Uint8Array[] = [];
  #end: { readonly error: StationError | undefined; readonly freed: Promise<void> } | undefined;
  #heardAt: number;

  constructor(association: Association, peer: PeerAddress, surroundings: ConnectionSurroundings) {
    this.#association = association;
    this.#peer = peer;
    this.#surroundings = surroundings;
    this.#heardAt = surroundings.clock.monotonic();
  }

  get facts(): DtlsFacts {
    if (this.#facts === undefined) throw new StationError("dtls.closed", "the handshake is not finished");
    return this.#facts;
  }

  get peer(): PeerAddress {
    return this.#peer;
  }

  get state(): Association["state"] {
    return this.#association.state;
  }

  /** When the last authentic record came, monotonic, ms. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Begins the handshake. */
  start(): void {
    this.#perform(this.#association.start(this.#now), this.#peer);
  }

  /** Takes a datagram that is, or claims to be, of this connection. */
  receive(datagram: Uint8Array, from: PeerAddress): void {
    this.#perform(this.#association.receive(datagram, this.#now), from);
  }

  /** The time for the handshake is over. */
  giveUp(): void {
    this.#perform(this.#association.giveUp(), this.#peer);
  }

  /** Ends without a word to the peer. */
  abandon(error: StationError): void {
    this.#perform(this.#association.abandon(error), this.#peer);
  }

  /** Says goodbye and ends with a reason. */
  dismiss(error: StationError): void {
    this.#perform(this.#association.close(error), this.#peer);
  }

  send(data: Uint8Array): void {
    this.#perform(this.#association.send(data), this.#peer);
  }

  onMessage(listener: (data: Uint8Array) => void): void {
    this.#onMessage = listener;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const data of waiting) listener(data);
  }

  onEnd(listener: (error: StationError | undefined) => void): void {
    this.#onEnd = listener;
    if (this.#end !== undefined) listener(this.#end.error);
  }

  async close(): Promise<void> {
    this.#perform(this.#association.close(), this.#peer);
    await this.#end?.freed;
  }

  get #now(): number {
    return this.#surroundings.clock.monotonic();
  }

  #perform(effects: readonly Effect[], from: PeerAddress): void {
    for (const effect of effects) this.#do(effect, from);
  }

  #do(effect: Effect, from: PeerAddress): void {
    switch (effect.kind) {
      case "transmit":
        this.#surroundings.transmit(effect.datagram, this.#peer);
        return;
      case "arm":
        this.#arm(effect.delay);
        return;
      case "disarm":
        this.#disarm();
        return;
      case "authentic":
        this.#heardAt = this.#now;
        // RFC 9146 section 6: authentic and newer than all before, or the address stays.
        if (effect.newest) this.#peer = from;
        return;
      case "opened":
        this.#facts = effect.facts;
        this.#guarded(() => this.#surroundings.onOpened());
        return;
      case "deliver":
        this.#deliver(effect.data);
        return;
      case "ended":
        this.#finish(effect.error);
        return;
    }
  }

  #arm(delay: Parameters<Clock["after"]>[0]): void {
    this.#disarm();
    this.#disarm = this.#surroundings.clock.after(delay, () =>
      this.#perform(this.#association.timeout(this.#now), this.#peer),
    );
  }

  #deliver(data: Uint8Array): void {
    const listener = this.#onMessage;
    if (this.#end !== undefined) return;
    if (listener !== undefined) this.#guarded(() => listener(data));
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(data);
  }

  /** A listener that fails ends its own connection, not the socket that all share. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.dismiss(asStationError(error));
    }
  }

  #finish(error: StationError | undefined): void {
    this.#end = { error, freed: this.#surroundings.onEnded(error) };
    this.#onEnd?.(error);
  }
}
