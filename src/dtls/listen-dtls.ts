import { milliseconds, minutes, seconds, type Duration } from "../core/duration.ts";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { lasting } from "../core/fact.ts";
import type { Secret } from "../core/secret.ts";
import { realClock } from "../core/real-clock.ts";
import { Association } from "./association.ts";
import { hexOf } from "./bytes.ts";
import { readServerIdentity, type ServerIdentity } from "./certificate/server-identity.ts";
import { connectionIdIn, makeConnectionId } from "./connection-id.ts";
import type { DatagramPort, PeerAddress } from "./datagram-port.ts";
import { DrivenConnection } from "./driven-connection.ts";
import type { DtlsServer, DtlsServerOptions, ListenDtls } from "./dtls-options.ts";
import { EXTENSION } from "./handshake/extensions.ts";
import { Reassembly } from "./handshake/reassembly.ts";
import { ServerHandshake } from "./handshake/server-handshake.ts";
import { PeerTable, type PeerEntry } from "./peer-table.ts";
import { RecordLayer } from "./record/record-layer.ts";
import { ServerCookie } from "./server-cookie.ts";
import { knock, type VerifiedHello } from "./server-door.ts";
import { SessionStore } from "./session-store.ts";
import { openServerUdp } from "./udp-port.ts";

const HANDSHAKE_LIMIT = seconds(60);
const IDLE_LIMIT = minutes(10);
/** A client sends a point and a Finished message; more than this is none of them. */
const BOUNDS = { message: 4096, total: 16_384 };

/**
 * Serves DTLS 1.2 at one UDP port. Strangers cost no memory until they have shown that they receive at their address; then
 * handshakes and connections are bounded in number and time.
 * @throws StationError `dtls.bad-identity`, `dtls.listen`
 */
export const listenDtls: ListenDtls = async (options) => {
  const identity = readServerIdentity(options.certificate, options.key);
  const port = await (options.openPort ?? openServerUdp)({ host: options.host ?? "127.0.0.1", port: options.port });
  return new ListeningServer(options, identity, port);
};

class ListeningServer implements DtlsServer {
  readonly #options: DtlsServerOptions;
  #identity: ServerIdentity;
  readonly #port: DatagramPort;
  readonly #clock: Clock;
  readonly #idle: Duration;
  readonly #sessions: SessionStore;
  readonly #cookies = new ServerCookie();
  readonly #peers = new PeerTable();

  constructor(options: DtlsServerOptions, identity: ServerIdentity, port: DatagramPort) {
    this.#options = options;
    this.#identity = identity;
    this.#port = port;
    this.#clock = options.clock ?? realClock;
    this.#idle = options.idle ?? IDLE_LIMIT;
    this.#sessions = options.sessions ?? new SessionStore(this.#clock);
    // Trouble of one datagram is its peer's; retransmission and time limits take care of it.
    port.onTrouble(() => undefined);
    port.onDatagram((datagram, from) => this.#receive(datagram, from));
  }

  get address(): PeerAddress {
    return this.#port.local;
  }

  get connections(): number {
    return this.#peers.established;
  }

  renew(certificate: string, key: Secret): void {
    this.#identity = readServerIdentity(certificate, key);
  }

  async close(): Promise<void> {
    await Promise.all(this.#peers.all().map(({ connection }) => connection.close()));
    await this.#port.close();
  }

  #receive(datagram: Uint8Array, from: PeerAddress): void {
    const id = connectionIdIn(datagram);
    if (id !== undefined) return this.#peers.byConnectionId(id)?.connection.receive(datagram, from);
    const asked = knock(datagram, from, this.#cookies, this.#clock.monotonic());
    switch (asked.kind) {
      case "unverified":
        this.#port.send(asked.answer, from);
        return;
      case "verified":
        this.#admit(asked, datagram, from);
        return;
      case "none":
        for (const { connection } of this.#peers.at(from)) connection.receive(datagram, from);
    }
  }

  /** A client anew, or one whose hello came twice. */
  #admit(verified: VerifiedHello, datagram: Uint8Array, from: PeerAddress): void {
    const random = hexOf(verified.hello.random);
    const known = this.#peers.at(from).find((entry) => entry.random === random);
    if (known !== undefined) {
      known.connection.receive(datagram, from);
      return;
    }
    if (!this.#peers.hasRoomFor(random)) return;
    const offersId = verified.hello.extensions.has(EXTENSION.connectionId);
    const connectionId = offersId ? makeConnectionId() : new Uint8Array(0);
    const entry: PeerEntry = {
      random,
      connectionId: hexOf(connectionId),
      from,
      connection: this.#connectionFor(verified, connectionId, from, () => entry),
    };
    this.#peers.begin(entry);
    entry.connection.start();
  }

  #connectionFor(
    verified: VerifiedHello,
    connectionId: Uint8Array,
    from: PeerAddress,
    entry: () => PeerEntry,
  ): DrivenConnection {
    const { hello, message, recordSequence } = verified;
    const handshake = new ServerHandshake({
      identity: this.#identity,
      sessions: this.#sessions,
      hello,
      helloMessage: message,
      connectionId,
    });
    const records = new RecordLayer(recordSequence, connectionId);
    const association = new Association(handshake, records, new Reassembly(BOUNDS, message.sequence + 1), 1);
    const stop = { timer: this.#clock.after(HANDSHAKE_LIMIT, () => connection.giveUp()) };
    const connection = new DrivenConnection(association, from, {
      clock: this.#clock,
      transmit: (datagram, to) => this.#port.send(datagram, to),
      onOpened: () => {
        stop.timer();
        this.#watchIdle(connection, this.#idle, stop);
        this.#opened(entry());
      },
      onEnded: (error) => {
        stop.timer();
        this.#ended(entry(), error);
        return Promise.resolve();
      },
    });
    return connection;
  }

  #opened(entry: PeerEntry): void {
    const replaced = this.#peers.establish(entry);
    replaced?.connection.abandon(new StationError("dtls.closed", "the client began anew from the same address"));
    this.#options.onConnection(entry.connection);
  }

  #ended(entry: PeerEntry, error: StationError | undefined): void {
    const wasEstablished = this.#peers.end(entry);
    if (!wasEstablished && error !== undefined) this.#options.onRefused?.(error, entry.connection.peer);
  }

  #watchIdle(connection: DrivenConnection, delay: Duration, stop: { timer: () => void }): void {
    stop.timer = this.#clock.after(delay, () => {
      const silent = this.#clock.monotonic() - connection.heardAt;
      const left = milliseconds(this.#idle - silent);
      if (left > 0) {
        this.#watchIdle(connection, left, stop);
        return;
      }
      const facts = { limit: lasting(this.#idle) };
      connection.dismiss(new StationError("dtls.idle", "nothing came for too long", facts));
    });
  }
}
