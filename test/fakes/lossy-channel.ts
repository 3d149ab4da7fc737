import type { CoapChannel } from "../../src/coap/channel.ts";
import { milliseconds } from "../../src/core/duration.ts";
import type { StationError } from "../../src/core/error.ts";
import type { VirtualClock } from "../../src/core/virtual-clock.ts";

/** What happens to datagrams on the way: shares of 0 to 1. */
export type Weather = { readonly loss: number; readonly duplicate: number; readonly reorder: number };

export const FAIR: Weather = { loss: 0, duplicate: 0, reorder: 0 };

/** A sequence of numbers from 0 to 1 that is the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One end of a simulated network. */
export class LossyEnd implements CoapChannel {
  /** Datagrams that this end sent, lost ones too. */
  readonly sent: Uint8Array[] = [];
  other: LossyEnd | undefined;
  readonly #clock: VirtualClock;
  readonly #weather: Weather;
  readonly #random: () => number;
  #hear: (datagram: Uint8Array) => void = () => undefined;
  #ended: (error: StationError | undefined) => void = () => undefined;

  constructor(clock: VirtualClock, weather: Weather, random: () => number) {
    this.#clock = clock;
    this.#weather = weather;
    this.#random = random;
  }

  send(datagram: Uint8Array): void {
    this.sent.push(datagram);
    this.#carry(datagram);
    if (this.#random() < this.#weather.duplicate) this.#carry(datagram);
  }

  onMessage(listener: (datagram: Uint8Array) => void): void {
    this.#hear = listener;
  }

  onEnd(listener: (error: StationError | undefined) => void): void {
    this.#ended = listener;
  }

  /** Hands a datagram to this end's listener, as if it had come over the network. */
  deliver(datagram: Uint8Array): void {
    this.#hear(datagram);
  }

  end(error?: StationError): void {
    this.#ended(error);
  }

  #carry(datagram: Uint8Array): void {
    if (this.#random() < this.#weather.loss) return;
    const late = this.#random() < this.#weather.reorder ? 300 * this.#random() : 0;
    this.#clock.after(milliseconds(5 + late), () => this.other?.deliver(datagram));
  }
}

/** Two ends of one network. */
export function lossyNetwork(clock: VirtualClock, weather: Weather = FAIR, seed = 1) {
  const random = seededRandom(seed);
  const [client, server] = [new LossyEnd(clock, weather, random), new LossyEnd(clock, weather, random)];
  client.other = server;
  server.other = client;
  return { client, server };
}

/** Random bytes out of a seed. */
export function seededBytes(seed: number): (count: number) => Uint8Array {
  const random = seededRandom(seed);
  return (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}
