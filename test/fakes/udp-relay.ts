import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { seededRandom } from "./lossy-channel.ts";

const HOST = "127.0.0.1";
/** The longest delay of a datagram that is overtaken, in ms. */
const LATE = 40;

export type Way = "to service" | "to client";
/** How often a datagram arrives (0 loses it), and whether others overtake it. */
export type Fate = { readonly copies: number; readonly late: boolean };
export type Carry = (datagram: Uint8Array, way: Way) => Fate;

export const FAIR: Carry = () => ({ copies: 1, late: false });

/** A network that loses and repeats 10 % of the datagrams each and lets 20 % be overtaken. */
export function stormy(seed: number): Carry {
  const random = seededRandom(seed);
  return () => {
    if (random() < 0.1) return { copies: 0, late: false };
    return { copies: random() < 0.1 ? 2 : 1, late: random() < 0.2 };
  };
}

/** A router between clients and a service on the loopback: each client has a source port of its own towards the service. */
export class UdpRelay {
  /** What the network does; may be exchanged at any time. */
  carry: Carry;
  /** Datagrams in the order in which they came, lost ones too. */
  readonly heard: {
    readonly way: Way;
    readonly datagram: Uint8Array;
    readonly lost: boolean;
    readonly copies: number;
  }[] = [];
  /** Source ports that the service has seen. */
  readonly sources = new Set<number>();
  readonly #near: Socket;
  readonly #target: number;
  readonly #far = new Map<number, Socket>();

  private constructor(near: Socket, target: number, carry: Carry) {
    this.#near = near;
    this.#target = target;
    this.carry = carry;
    near.on("message", (datagram, from) => {
      this.#fromClient(datagram, from.port);
    });
  }

  static async open(target: number, carry: Carry = FAIR): Promise<UdpRelay> {
    const near = createSocket("udp4");
    near.bind(0, HOST);
    await once(near, "listening");
    return new UdpRelay(near, target, carry);
  }

  get port(): number {
    return this.#near.address().port;
  }

  /** Clients that have sent something. */
  get clients(): number {
    return this.#clients.size;
  }

  readonly #clients = new Set<number>();

  /** Gives every client another source port from its next datagram on; what is sent to the old ones is lost. */
  rebind(): void {
    for (const far of this.#far.values()) far.close();
    this.#far.clear();
  }

  close(): void {
    this.rebind();
    this.#near.close();
  }

  #fromClient(datagram: Buffer, client: number): void {
    this.#clients.add(client);
    this.#perform(datagram, "to service", () => {
      this.#farOf(client).send(datagram, this.#target, HOST);
    });
  }

  #farOf(client: number): Socket {
    const known = this.#far.get(client);
    if (known !== undefined) return known;
    const far = createSocket("udp4");
    this.#far.set(client, far);
    far.on("listening", () => this.sources.add(far.address().port));
    far.on("message", (datagram) =>
      this.#perform(datagram, "to client", () => this.#near.send(datagram, client, HOST)),
    );
    far.bind(0, HOST);
    return far;
  }

  #perform(datagram: Buffer, way: Way, send: () => void): void {
    const { copies, late } = this.carry(datagram, way);
    this.heard.push({ way, datagram: Uint8Array.from(datagram), lost: copies === 0, copies });
    const once = (): void => {
      // A datagram that is late may find everything closed.
      try {
        send();
      } catch {
        return;
      }
    };
    for (let copy = 0; copy < copies; copy++) {
      if (late || copy > 0) setTimeout(once, LATE * ((copy + 1) / copies)).unref();
      else once();
    }
  }
}
