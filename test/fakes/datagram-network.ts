import type { VirtualClock } from "../../src/core/virtual-clock.ts";
import { milliseconds } from "../../src/core/duration.ts";
import type { StationError } from "../../src/core/error.ts";
import type { DatagramPort, PeerAddress } from "../../src/dtls/datagram-port.ts";

/** How bad the network is: shares from 0 to 1, and what to do to single datagrams (undefined loses them). */
export type Weather = {
  readonly loss?: number;
  readonly duplicates?: number;
  readonly reordered?: number;
  readonly change?: (datagram: Uint8Array, from: PeerAddress, to: PeerAddress) => Uint8Array | undefined;
};

const DELAY = 5;
const LATE = 60;

/** A network on a virtual clock: loses, repeats, reorders, changes; keeps what was sent. */
export class DatagramNetwork {
  readonly sent: { readonly from: PeerAddress; readonly to: PeerAddress; readonly datagram: Uint8Array }[] = [];
  readonly #clock: VirtualClock;
  readonly #ports = new Map<number, (datagram: Uint8Array, from: PeerAddress) => void>();
  readonly #random: () => number;
  #nextPort = 50_000;
  weather: Weather;

  constructor(clock: VirtualClock, weather: Weather = {}, seed = 1) {
    this.#clock = clock;
    this.weather = weather;
    this.#random = seeded(seed);
  }

  /** Opens a port; 0 takes the next free one. */
  open(port: number, host = "127.0.0.1"): DatagramPort {
    const local = { host, port: port === 0 ? this.#nextPort++ : port };
    return {
      local,
      send: (datagram, to) => this.send(datagram, local, to),
      onDatagram: (listener) => this.#ports.set(local.port, listener),
      onTrouble: (_: (error: StationError) => void) => undefined,
      close: async () => {
        this.#ports.delete(local.port);
      },
    };
  }

  /** As a client whose address a router changes: what it sends from now on comes from `to`, answers go back to it. */
  rebind(from: PeerAddress, to: PeerAddress): void {
    const listener = this.#ports.get(from.port);
    if (listener !== undefined) this.#ports.set(to.port, listener);
    this.#ports.delete(from.port);
    this.#moved.set(from.port, to);
  }

  readonly #moved = new Map<number, PeerAddress>();

  /** Sends as anybody, also in another's name. */
  send(datagram: Uint8Array, sender: PeerAddress, to: PeerAddress): void {
    const from = this.#moved.get(sender.port) ?? sender;
    this.sent.push({ from, to, datagram });
    const { loss = 0, duplicates = 0, reordered = 0, change } = this.weather;
    const changed = change === undefined ? datagram : change(datagram, from, to);
    if (changed === undefined || this.#random() < loss) return;
    const copies = this.#random() < duplicates ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const delay = DELAY + (this.#random() < reordered || copy > 0 ? this.#random() * LATE : 0);
      this.#clock.after(milliseconds(delay), () => this.deliver(changed, from, to));
    }
  }

  /** Hands a datagram over at once. */
  deliver(datagram: Uint8Array, from: PeerAddress, to: PeerAddress): void {
    this.#ports.get(to.port)?.(Uint8Array.from(datagram), from);
  }
}

/** Numbers from 0 to 1, always the same for a seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
