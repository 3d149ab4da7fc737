import { randomBytes } from "node:crypto";
import type { Instant } from "../../core/clock.ts";
import { Secret } from "../../core/secret.ts";
import { unexpected } from "../alert.ts";
import { bytesOfHex, hexOf, vector } from "../bytes.ts";
import type { ServerIdentity } from "../certificate/server-identity.ts";
import { expandKeys, extendedMasterSecret, verifyData } from "../key-schedule.ts";
import type { SessionStore } from "../session-store.ts";
import { suiteNamed, type Suite } from "../suite.ts";
import { encodeCertificateList } from "./certificate-list.ts";
import { EXTENSION } from "./extensions.ts";
import { makeKeyShare, type KeyShare } from "./groups.ts";
import { checkFinished, type FlightItem, type Handshake, type HandshakeStep } from "./handshake.ts";
import { encodeServerHello, RANDOM_LENGTH, type ClientHello } from "./hellos.ts";
import { makeServerKeyExchange, parseClientKeyExchange } from "./key-exchange.ts";
import { MESSAGE, messageName, type HandshakeMessage } from "./message.ts";
import { chooseFrom, type Choice } from "./server-offer.ts";
import { Transcript } from "./transcript.ts";

/** What a server's handshake needs from outside. */
export type ServerHandshakeOptions = {
  readonly identity: ServerIdentity;
  readonly sessions: SessionStore;
  /** The hello that brought a valid cookie, read and as it came. */
  readonly hello: ClientHello;
  readonly helloMessage: HandshakeMessage;
  /** What the client is told to put into its records, if it speaks of connection ids (RFC 9146). */
  readonly connectionId: Uint8Array;
};

type Keyed = { readonly suite: Suite; readonly master: Uint8Array };

/** Where the handshake stands: named after the message that is due. */
type State =
  | { readonly at: "start" }
  | { readonly at: "key-exchange"; readonly suite: Suite; readonly share: KeyShare }
  | ({ readonly at: "finished"; readonly resumed: boolean } & Keyed)
  | { readonly at: "over" };

const SESSION_ID_LENGTH = 32;
const NEVER: Instant = Number.MAX_SAFE_INTEGER;

/** The server's handshake from the verified ClientHello on (RFC 5246 section 7.3); clients have no certificates. */
export class ServerHandshake implements Handshake {
  readonly #options: ServerHandshakeOptions;
  readonly #transcript = new Transcript();
  readonly #random = randomBytes(RANDOM_LENGTH);
  #state: State = { at: "start" };
  #sessionId: Uint8Array = randomBytes(SESSION_ID_LENGTH);
  #peerConnectionId: Uint8Array | undefined;
  #sequence: number;

  constructor(options: ServerHandshakeOptions) {
    this.#options = options;
    this.#sequence = options.helloMessage.sequence;
  }

  start(): readonly HandshakeStep[] {
    const { hello, helloMessage, identity, sessions } = this.#options;
    const choice = chooseFrom(hello, identity.curve);
    this.#peerConnectionId = choice.peerConnectionId;
    this.#transcript.add(helloMessage);
    const session = hello.sessionId.length > 0 ? sessions.get(hexOf(hello.sessionId)) : undefined;
    const suite = session === undefined ? undefined : suiteNamed(session.suite);
    if (session !== undefined && suite !== undefined && choice.suites.includes(suite)) {
      this.#sessionId = hello.sessionId;
      return this.#resume(choice, { suite, master: bytesOfHex(session.master.reveal()) });
    }
    return this.#introduce(choice);
  }

  receive(message: HandshakeMessage): readonly HandshakeStep[] {
    switch (message.type) {
      case MESSAGE.clientKeyExchange:
        return this.#keyExchange(this.#state, message);
      case MESSAGE.finished:
        return this.#finished(this.#state, message);
      default:
        throw unexpected(messageName(message.type), this.#state.at);
    }
  }

  forgetSession(): void {
    this.#options.sessions.delete(hexOf(this.#sessionId));
  }

  /** ServerHello, certificates, signed key exchange (RFC 5246 figure 1). */
  #introduce(choice: Choice): readonly HandshakeStep[] {
    const { hello, identity } = this.#options;
    const [suite] = choice.suites;
    if (suite === undefined) return [];
    const share = makeKeyShare(choice.group);
    const signer = { scheme: choice.scheme, key: identity.key };
    const randoms = { client: hello.random, server: this.#random };
    this.#state = { at: "key-exchange", suite, share };
    const items = [
      this.#serverHello(choice, suite),
      this.#message(MESSAGE.certificate, encodeCertificateList(identity.chain)),
      this.#message(MESSAGE.serverKeyExchange, makeServerKeyExchange(choice.group, share.point, randoms, signer)),
      this.#message(MESSAGE.serverHelloDone, new Uint8Array(0)),
    ];
    return [{ kind: "flight", items, awaits: true }];
  }

  /** The short way of a session that is taken up again (RFC 5246 figure 2): the server finishes first. */
  #resume(choice: Choice, keyed: Keyed): readonly HandshakeStep[] {
    this.#state = { at: "finished", resumed: true, ...keyed };
    const hello = this.#serverHello(choice, keyed.suite);
    return [this.#protect(keyed), { kind: "flight", items: [hello, ...this.#finishing(keyed)], awaits: true }];
  }

  #keyExchange(state: State, message: HandshakeMessage): readonly HandshakeStep[] {
    if (state.at !== "key-exchange") throw unexpected("clientKeyExchange", state.at);
    const { suite, share } = state;
    const preMaster = share.agree(parseClientKeyExchange(message.body));
    this.#transcript.add(message);
    const master = extendedMasterSecret(suite, preMaster, this.#transcript.digest(suite.hash));
    preMaster.fill(0);
    this.#state = { at: "finished", resumed: false, suite, master };
    return [this.#protect({ suite, master })];
  }

  #finished(state: State, message: HandshakeMessage): readonly HandshakeStep[] {
    if (state.at !== "finished") throw unexpected("finished", state.at);
    const { suite, master, resumed } = state;
    checkFinished(message.body, suite, master, "client", this.#transcript.digest(suite.hash));
    this.#transcript.add(message);
    const last: HandshakeStep[] = resumed ? [] : [{ kind: "flight", items: this.#finishing(state), awaits: false }];
    if (!resumed) this.#keepSession(state);
    this.#state = { at: "over" };
    master.fill(0);
    const connectionId = this.#peerConnectionId !== undefined;
    const facts = { suite: suite.name, peerFingerprint: undefined, resumed, connectionId };
    return [...last, { kind: "finished", facts }];
  }

  #keepSession({ suite, master }: Keyed): void {
    const id = hexOf(this.#sessionId);
    const secret = new Secret(hexOf(master));
    const session = { id, master: secret, suite: suite.name, peerFingerprint: undefined, until: NEVER };
    this.#options.sessions.put(id, session);
  }

  #serverHello(choice: Choice, suite: Suite): FlightItem {
    const extensions = new Map(choice.extensions);
    if (choice.peerConnectionId !== undefined)
      extensions.set(EXTENSION.connectionId, vector(1, this.#options.connectionId));
    const fields = { random: this.#random, sessionId: this.#sessionId, suite: suite.id, extensions };
    return this.#message(MESSAGE.serverHello, encodeServerHello(fields));
  }

  #finishing({ suite, master }: Keyed): readonly FlightItem[] {
    const body = verifyData(suite, master, "server", this.#transcript.digest(suite.hash));
    return [{ kind: "cipher-change" }, this.#message(MESSAGE.finished, body, 1)];
  }

  #protect({ suite, master }: Keyed): HandshakeStep {
    const keys = expandKeys(suite, master, this.#options.hello.random, this.#random);
    const peerConnectionId = this.#peerConnectionId ?? new Uint8Array(0);
    return { kind: "protect", protection: { suite, read: keys.client, write: keys.server, peerConnectionId } };
  }

  #message(type: number, body: Uint8Array, epoch: 0 | 1 = 0): FlightItem {
    const message = { type, sequence: this.#sequence++, body };
    this.#transcript.add(message);
    return { kind: "message", epoch, message };
  }
}
