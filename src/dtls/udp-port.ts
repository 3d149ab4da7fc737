import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { StationError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import type { ClientPortOpener, DatagramPort, PeerAddress, ServerPortOpener } from "./datagram-port.ts";

/** A UDP socket connected to the server, so that the system drops datagrams from elsewhere and tells when nobody listens. */
export const openClientUdp: ClientPortOpener = (to) => {
  const socket = createSocket(isIPv6(to.host) ? "udp6" : "udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => {
      socket.close();
      reject(troubleOf(error, to));
    });
    socket.once("connect", () => resolve(portOf(socket, to)));
    socket.connect(to.port, to.host);
  });
};

/** A bound UDP socket. Rejects with StationError `dtls.listen` when the address or port cannot be had. */
export const openServerUdp: ServerPortOpener = (at) => {
  // With IPv4 the option makes binding fail.
  const socket = isIPv6(at.host) ? createSocket({ type: "udp6", ipv6Only: true }) : createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", (cause) => {
      socket.close();
      reject(
        new StationError("dtls.listen", "the UDP port cannot be had", { host: at.host, port: at.port }, { cause }),
      );
    });
    socket.bind(at.port, at.host, () => resolve(portOf(socket)));
  });
};

type PortState = {
  closing: Promise<void> | undefined;
  onTrouble: (error: StationError) => void;
  /** Called when the last datagram is handed to the system. */
  onSent: () => void;
  unsent: number;
};

/** @param connectedTo the one address, of a client's socket */
function portOf(socket: Socket, connectedTo?: PeerAddress): DatagramPort {
  socket.removeAllListeners("error");
  const { address, port } = socket.address();
  const state: PortState = { closing: undefined, onTrouble: () => undefined, onSent: () => undefined, unsent: 0 };
  const trouble = (error: Error | null, to: PeerAddress | undefined): void => {
    if (error !== null && state.closing === undefined) state.onTrouble(troubleOf(error, to));
  };
  socket.on("error", (error) => trouble(error, connectedTo));
  return {
    local: { host: address, port },
    send(datagram, to) {
      if (state.closing !== undefined) return;
      state.unsent++;
      const sent = (error: Error | null): void => {
        if (--state.unsent === 0) state.onSent();
        trouble(error, to);
      };
      if (connectedTo === undefined) socket.send(datagram, to.port, to.host, sent);
      else socket.send(datagram, sent);
    },
    onDatagram(listener) {
      socket.on("message", (datagram, from) => listener(datagram, { host: from.address, port: from.port }));
    },
    onTrouble(listener) {
      state.onTrouble = listener;
    },
    close() {
      state.closing ??= closed(socket, state);
      return state.closing;
    },
  };
}

/** Node hands a datagram to the system a turn later: a goodbye would be lost if the socket were closed at once. */
function closed(socket: Socket, state: PortState): Promise<void> {
  return new Promise((resolve) => {
    const close = (): void => {
      socket.close(() => resolve());
    };
    if (state.unsent === 0) close();
    else state.onSent = close;
  });
}

const CODES: Readonly<Record<string, ErrorCode>> = { ECONNREFUSED: "transport.refused" };

function troubleOf(cause: Error, to: PeerAddress | undefined): StationError {
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const facts = to === undefined ? {} : { host: to.host, port: to.port };
  const known = CODES[code] ?? "transport.unreachable";
  const what = known === "transport.refused" ? "nothing listens at this UDP port" : "datagrams cannot be sent";
  return new StationError(known, what, facts, { cause });
}
