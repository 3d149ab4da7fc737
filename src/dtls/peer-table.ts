import type { PeerAddress } from "./datagram-port.ts";
import type { DrivenConnection } from "./driven-connection.ts";

/** A client that the server knows. */
export type PeerEntry = {
  /** The random of its hello, hex: tells hellos apart that come from one address. */
  readonly random: string;
  /** Hex; empty when the client does not speak of connection ids. */
  readonly connectionId: string;
  /** Where its hello came from. */
  readonly from: PeerAddress;
  readonly connection: DrivenConnection;
};

type Place = { beginning?: PeerEntry; established?: PeerEntry };

const MOST_HANDSHAKES = 1024;
const MOST_CONNECTIONS = 4096;
const REMEMBERED_HELLOS = 4096;

/**
 * Which connection a datagram belongs to: by connection id, else by address. At an address there may be one established connection
 * and one handshake beside it, which replaces it when it is finished, not before (RFC 6347 section 4.2.8).
 */
export class PeerTable {
  readonly #places = new Map<string, Place>();
  readonly #byId = new Map<string, PeerEntry>();
  readonly #live = new Set<PeerEntry>();
  readonly #open = new Set<PeerEntry>();
  /** Hellos that were taken, so that late copies of them begin nothing. */
  readonly #heard = new Set<string>();

  /** Established connections. */
  get established(): number {
    return this.#open.size;
  }

  /** Everybody, established or not. */
  all(): readonly PeerEntry[] {
    return [...this.#live];
  }

  byConnectionId(id: string): PeerEntry | undefined {
    return this.#byId.get(id);
  }

  /** The handshake and the connection at an address; who has a connection id is found here only until it is established. */
  at(address: PeerAddress): readonly PeerEntry[] {
    const place = this.#places.get(keyOf(address));
    return [place?.beginning, place?.established].filter((entry) => entry !== undefined);
  }

  /** Whether a hello with this random may begin a handshake. */
  hasRoomFor(random: string): boolean {
    const beginning = this.#live.size - this.#open.size;
    return !this.#heard.has(random) && beginning < MOST_HANDSHAKES && this.#open.size < MOST_CONNECTIONS;
  }

  /** Takes in a handshake; one that was under way at the same address is forgotten. */
  begin(entry: PeerEntry): void {
    const place = this.#placeOf(entry);
    const before = place.beginning;
    place.beginning = entry;
    this.#live.add(entry);
    if (entry.connectionId !== "") this.#byId.set(entry.connectionId, entry);
    this.#hear(entry.random);
    if (before !== undefined) void before.connection.close();
  }

  /** A handshake is finished. @returns the connection that it replaces */
  establish(entry: PeerEntry): PeerEntry | undefined {
    const place = this.#placeOf(entry);
    if (place.beginning === entry) delete place.beginning;
    this.#open.add(entry);
    if (entry.connectionId !== "") {
      this.#tidy(entry);
      return undefined;
    }
    const replaced = place.established;
    place.established = entry;
    return replaced;
  }

  /** Forgets an entry. @returns whether it was established */
  end(entry: PeerEntry): boolean {
    const place = this.#placeOf(entry);
    if (place.beginning === entry) delete place.beginning;
    if (place.established === entry) delete place.established;
    this.#tidy(entry);
    this.#byId.delete(entry.connectionId);
    this.#live.delete(entry);
    return this.#open.delete(entry);
  }

  #placeOf({ from }: PeerEntry): Place {
    const key = keyOf(from);
    const place = this.#places.get(key) ?? {};
    this.#places.set(key, place);
    return place;
  }

  #tidy({ from }: PeerEntry): void {
    const place = this.#places.get(keyOf(from));
    if (place?.beginning === undefined && place?.established === undefined) this.#places.delete(keyOf(from));
  }

  #hear(random: string): void {
    this.#heard.add(random);
    for (const oldest of this.#heard) {
      if (this.#heard.size <= REMEMBERED_HELLOS) return;
      this.#heard.delete(oldest);
    }
  }
}

function keyOf({ host, port }: PeerAddress): string {
  return `${host} ${port}`;
}
