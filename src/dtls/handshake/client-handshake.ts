import { randomBytes, type KeyObject } from "node:crypto";
import type { Instant } from "../../core/clock.ts";
import { Secret } from "../../core/secret.ts";
import { illegal, unexpected } from "../alert.ts";
import { bytesOfHex, hexOf, sameBytes } from "../bytes.ts";
import type { CertificateAnchor } from "../certificate/anchors.ts";
import { checkServerCertificate } from "../certificate/check-server-certificate.ts";
import { expandKeys, extendedMasterSecret, verifyData } from "../key-schedule.ts";
import type { DtlsSession } from "../session-store.ts";
import { parseCertificateList, encodeCertificateList } from "./certificate-list.ts";
import { makeClientHello, readAgreement, type Agreement } from "./client-offer.ts";
import { makeKeyShare } from "./groups.ts";
import { checkFinished, type FlightItem, type Handshake, type HandshakeStep } from "./handshake.ts";
import { encodeClientHello, parseHelloVerifyRequest, RANDOM_LENGTH, type ClientHello } from "./hellos.ts";
import {
  checkKeyProof,
  encodeClientKeyExchange,
  parseServerKeyExchange,
  type ServerKeyExchange,
} from "./key-exchange.ts";
import { MESSAGE, messageName, type HandshakeMessage } from "./message.ts";
import { Transcript } from "./transcript.ts";

/** What a client's handshake needs from outside. */
export type ClientHandshakeOptions = {
  /** The name or address that the certificate must be for. */
  readonly serverName: string;
  readonly anchors: readonly CertificateAnchor[];
  readonly now: () => Instant;
  /** The session to take up again. */
  readonly session: DtlsSession | undefined;
  /** Keeps the session of a finished handshake; undefined forgets the one that was offered. */
  readonly keepSession: (session: DtlsSession | undefined) => void;
};

type Leaf = { readonly key: KeyObject; readonly fingerprint: string; readonly until: Instant };
type Keyed = { readonly agreement: Agreement; readonly master: Uint8Array; readonly leaf: Omit<Leaf, "key"> };

/** Where the handshake stands: named after the message that is due. */
type State =
  | { readonly at: "server-hello" }
  | { readonly at: "certificate"; readonly agreement: Agreement }
  | { readonly at: "key-exchange"; readonly agreement: Agreement; readonly leaf: Leaf }
  | {
      readonly at: "hello-done";
      readonly agreement: Agreement;
      readonly leaf: Leaf;
      readonly exchange: ServerKeyExchange;
      readonly certificateAsked: boolean;
    }
  | ({ readonly at: "finished"; readonly resumed: boolean } & Keyed)
  | { readonly at: "over" };

/** The client's handshake (RFC 5246 section 7.3, RFC 6347 section 4.2). */
export class ClientHandshake implements Handshake {
  readonly #options: ClientHandshakeOptions;
  readonly #transcript = new Transcript();
  #offer: ClientHello;
  #state: State = { at: "server-hello" };
  #sequence = 0;

  constructor(options: ClientHandshakeOptions) {
    this.#options = options;
    this.#offer = makeClientHello(options.serverName, {
      random: randomBytes(RANDOM_LENGTH),
      sessionId: bytesOfHex(options.session?.id ?? ""),
      cookie: new Uint8Array(0),
    });
  }

  start(): readonly HandshakeStep[] {
    this.#transcript.clear();
    const items = [this.#message(MESSAGE.clientHello, encodeClientHello(this.#offer))];
    return [{ kind: "flight", items, awaits: true }];
  }

  receive(message: HandshakeMessage): readonly HandshakeStep[] {
    const state = this.#state;
    switch (message.type) {
      case MESSAGE.helloRequest: // RFC 5246 section 7.4.1.1: ignored during a handshake, no part of the transcript
        return [];
      case MESSAGE.helloVerifyRequest:
        return this.#verifyRequest(state, message);
      case MESSAGE.serverHello:
        return this.#serverHello(state, message);
      case MESSAGE.certificate:
        return this.#certificate(state, message);
      case MESSAGE.serverKeyExchange:
        return this.#keyExchange(state, message);
      case MESSAGE.certificateRequest:
        return this.#certificateRequest(state, message);
      case MESSAGE.serverHelloDone:
        return this.#helloDone(state, message);
      case MESSAGE.finished:
        return this.#finished(state, message);
      default:
        throw unexpected(messageName(message.type), state.at);
    }
  }

  forgetSession(): void {
    this.#options.keepSession(undefined);
  }

  /** RFC 6347 section 4.2.1: the same hello again, with the cookie. */
  #verifyRequest(state: State, message: HandshakeMessage): readonly HandshakeStep[] {
    if (state.at !== "server-hello" || this.#offer.cookie.length > 0) throw unexpected("helloVerifyRequest", state.at);
    const cookie = parseHelloVerifyRequest(message.body);
    if (cookie.length === 0) throw illegal("the server's cookie is empty", 0);
    this.#offer = { ...this.#offer, cookie };
    return this.start();
  }

  #serverHello(state: State, message: HandshakeMessage): readonly HandshakeStep[] {
    if (state.at !== "server-hello") throw unexpected("serverHello", state.at);
    const agreement = readAgreement(message.body, this.#offer);
    this.#transcript.add(message);
    const { session } = this.#options;
    const { sessionId } = agreement;
    if (session === undefined || sessionId.length === 0 || !sameBytes(sessionId, this.#offer.sessionId)) {
      this.#state = { at: "certificate", agreement };
      return [];
    }
    if (agreement.suite.name !== session.suite) throw illegal("a session is resumed with another suite", session.suite);
    const leaf = { fingerprint: session.peerFingerprint ?? "", until: session.until };
    const keyed = { agreement, leaf, master: bytesOfHex(session.master.reveal()) };
    this.#state = { at: "finished", resumed: true, ...keyed };
    return [this.#protect(keyed)];
  }

  #certificate(state: State, message: HandshakeMessage): readonly HandshakeStep[] {
    if (state.at !== "certificate") throw unexpected("certificate", state.at);
    const { anchors, serverName, now } = this.#options;
    const chain = parseCertificateList(message.body);
    const { leaf, until } = checkServerCertificate(chain, { anchors, serverName, now: now() });
    this.#transcript.add(message);
    const known = { key: leaf.key, fingerprint: leaf.fingerprint, until };
    this.#state = { at: "key-exchange", agreement: state.agreement, leaf: known };
    return [];
  }

  #keyExchange(state: State, message: HandshakeMessage): readonly HandshakeStep[] {
    if (state.at !== "key-exchange") throw unexpected("serverKeyExchange", state.at);
    const { agreement, leaf } = state;
    const exchange = parseServerKeyExchange(message.body);
    checkKeyProof(exchange, { client: this.#offer.random, server: agreement.serverRandom }, leaf.key);
    this.#transcript.add(message);
    this.#state = { at: "hello-done", agreement, leaf, exchange, certificateAsked: false };
    return [];
  }

  /** Clients of the station have no certificates: the request is answered with none (RFC 5246 section 7.4.6). */
  #certificateRequest(state: State, message: HandshakeMessage): readonly HandshakeStep[] {
    if (state.at !== "hello-done" || state.certificateAsked) throw unexpected("certificateRequest", state.at);
    this.#transcript.add(message);
    this.#state = { ...state, certificateAsked: true };
    return [];
  }

  #helloDone(state: State, message: HandshakeMessage): readonly HandshakeStep[] {
    if (state.at !== "hello-done") throw unexpected("serverHelloDone", state.at);
    if (message.body.length > 0) throw illegal("ServerHelloDone is not empty", message.body.length);
    this.#transcript.add(message);
    const { agreement, leaf, exchange } = state;
    const share = makeKeyShare(exchange.group);
    const preMaster = share.agree(exchange.point);
    const items = [
      ...(state.certificateAsked ? [this.#message(MESSAGE.certificate, encodeCertificateList([]))] : []),
      this.#message(MESSAGE.clientKeyExchange, encodeClientKeyExchange(share.point)),
    ];
    const sessionHash = this.#transcript.digest(agreement.suite.hash);
    const master = extendedMasterSecret(agreement.suite, preMaster, sessionHash);
    preMaster.fill(0);
    const keyed = { agreement, master, leaf };
    this.#state = { at: "finished", resumed: false, ...keyed };
    const flight = [...items, ...this.#finishing(keyed)];
    return [this.#protect(keyed), { kind: "flight", items: flight, awaits: true }];
  }

  #finished(state: State, message: HandshakeMessage): readonly HandshakeStep[] {
    if (state.at !== "finished") throw unexpected("finished", state.at);
    const { agreement, master, leaf, resumed } = state;
    const { suite } = agreement;
    checkFinished(message.body, suite, master, "server", this.#transcript.digest(suite.hash));
    this.#transcript.add(message);
    const flight: HandshakeStep[] = resumed ? [{ kind: "flight", items: this.#finishing(state), awaits: false }] : [];
    this.#state = { at: "over" };
    if (agreement.sessionId.length > 0) this.#options.keepSession(sessionOf(state));
    master.fill(0);
    const connectionId = agreement.peerConnectionId.length > 0;
    const facts = { suite: suite.name, peerFingerprint: leaf.fingerprint, resumed, connectionId };
    return [...flight, { kind: "finished", facts }];
  }

  /** The change of ciphers and the Finished message, over everything so far. */
  #finishing({ agreement, master }: Keyed): readonly FlightItem[] {
    const hash = this.#transcript.digest(agreement.suite.hash);
    const body = verifyData(agreement.suite, master, "client", hash);
    return [{ kind: "cipher-change" }, this.#message(MESSAGE.finished, body, 1)];
  }

  #protect({ agreement, master }: Keyed): HandshakeStep {
    const { suite, serverRandom, peerConnectionId } = agreement;
    const keys = expandKeys(suite, master, this.#offer.random, serverRandom);
    return { kind: "protect", protection: { suite, read: keys.server, write: keys.client, peerConnectionId } };
  }

  /** The next message of this side, noted in the transcript. */
  #message(type: number, body: Uint8Array, epoch: 0 | 1 = 0): FlightItem {
    const message = { type, sequence: this.#sequence++, body };
    this.#transcript.add(message);
    return { kind: "message", epoch, message };
  }
}

function sessionOf({ agreement, master, leaf }: Keyed): DtlsSession {
  return {
    id: hexOf(agreement.sessionId),
    master: new Secret(hexOf(master)),
    suite: agreement.suite.name,
    peerFingerprint: leaf.fingerprint,
    until: leaf.until,
  };
}
