import type { StationError } from "../core/error.ts";

/** An address of a datagram's other end: numeric host (IPv4 or IPv6) and UDP port, 1 to 65535. */
export type PeerAddress = { readonly host: string; readonly port: number };

/**
 * A socket for datagrams; `udp-port.ts` is the real one, tests have simulated networks.
 * Datagrams may be lost, repeated, reordered and forged; the port promises nothing.
 */
export interface DatagramPort {
  /** The port's own address. */
  readonly local: PeerAddress;
  /** Sends one datagram; trouble on the way is reported to `onTrouble`, if at all. A closed port sends nothing. */
  send(datagram: Uint8Array, to: PeerAddress): void;
  /** Sets the one listener for what arrives; the bytes are the listener's to keep. */
  onDatagram(listener: (datagram: Uint8Array, from: PeerAddress) => void): void;
  /** Sets the one listener for trouble that the network reports, for example `transport.refused`; none of it is authentic. */
  onTrouble(listener: (error: StationError) => void): void;
  /** Frees the socket; repeats are harmless. */
  close(): Promise<void>;
}

/** Opens the port of a client that talks to one address alone. */
export type ClientPortOpener = (to: PeerAddress) => Promise<DatagramPort>;

/** Opens the port of a server at an address; UDP port 0 takes any free one. */
export type ServerPortOpener = (at: PeerAddress) => Promise<DatagramPort>;
