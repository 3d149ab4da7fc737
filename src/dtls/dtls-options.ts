import type { Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import type { StationError } from "../core/error.ts";
import type { Secret } from "../core/secret.ts";
import type { ClientPortOpener, PeerAddress, ServerPortOpener } from "./datagram-port.ts";
import type { DtlsConnection } from "./dtls-connection.ts";
import type { SessionStore } from "./session-store.ts";

/** How `connectDtls` (`connect-dtls.ts`) reaches and checks a server. */
export type DtlsClientOptions = {
  /** Name or numeric address; the certificate must have it among its subject alternative names. */
  readonly host: string;
  readonly port: number;
  /** The name in the certificate and the server name indication when it is not `host`. */
  readonly serverName?: string;
  /** The CA certificates that are trusted, PEM, one or several; no others are. */
  readonly ca: string;
  /** Sessions to take up again, and where new ones are kept; without it every handshake is a full one. */
  readonly sessions?: SessionStore;
  /** Stops the handshake; later it does nothing. */
  readonly signal?: AbortSignal;
  /** The time for name lookup and handshake; default 30 s. */
  readonly limit?: Duration;
  /** Default the platform's clock. */
  readonly clock?: Clock;
  /** Default a UDP socket. */
  readonly openPort?: ClientPortOpener;
};

/** How `listenDtls` (`listen-dtls.ts`) serves. */
export type DtlsServerOptions = {
  /** Numeric address to bind to; default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The server's certificate and the intermediates above it, PEM, leaf first; the leaf's key is P-256 or P-384. */
  readonly certificate: string;
  /** The leaf's private key, PEM (PKCS#8 or SEC1). */
  readonly key: Secret;
  /** Called when a handshake is finished; set `onMessage` in it. */
  readonly onConnection: (connection: DtlsConnection) => void;
  /** Told of handshakes that failed, for logs; never called for datagrams that prove nothing about their sender. */
  readonly onRefused?: (error: StationError, peer: PeerAddress) => void;
  /** Sessions that clients may take up again; default a store of its own in memory. */
  readonly sessions?: SessionStore;
  /** A connection without an authentic record for so long is given up; default 10 min. */
  readonly idle?: Duration;
  /** Default the platform's clock. */
  readonly clock?: Clock;
  /** Default a UDP socket. */
  readonly openPort?: ServerPortOpener;
};

/** A listening server. */
export interface DtlsServer {
  /** Where it listens, with the port that was taken. */
  readonly address: PeerAddress;
  /** Connections that are established now. */
  readonly connections: number;
  /** Uses another certificate and key, as in {@link DtlsServerOptions}, for handshakes from now on. @throws StationError `dtls.bad-identity` */
  renew(certificate: string, key: Secret): void;
  /** Closes every connection, then the socket; repeats are harmless. */
  close(): Promise<void>;
}

/** `connectDtls`: resolves when the server is authentic and the handshake finished; `StationError` `dtls.*` or `transport.*` else. */
export type ConnectDtls = (options: DtlsClientOptions) => Promise<DtlsConnection>;

/** `listenDtls`: resolves when the socket is bound; `StationError` `dtls.bad-identity`, `dtls.listen` else. */
export type ListenDtls = (options: DtlsServerOptions) => Promise<DtlsServer>;
