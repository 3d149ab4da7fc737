import type { Clock, Instant } from "../core/clock.ts";
import { minutes, type Duration } from "../core/duration.ts";
import type { Secret } from "../core/secret.ts";
import type { SuiteName } from "./dtls-connection.ts";

/** A session that may be taken up again (RFC 5246 section 7.3, RFC 7627 section 5.3); it was made with extended master secret. */
export type DtlsSession = {
  /** The server's session id, 1 to 32 bytes, lower-case hex. */
  readonly id: string;
  /** The master secret, 48 bytes as hex. */
  readonly master: Secret;
  readonly suite: SuiteName;
  /** SHA-256 of the server's certificate, lower-case hex; at a server undefined. */
  readonly peerFingerprint: string | undefined;
  /** After this instant the session is of no use: the store's lifetime or the end of a certificate of the chain, what comes first. */
  readonly until: Instant;
};

const MOST_SESSIONS = 1024;
const LIFETIME = minutes(60);

/**
 * Sessions in memory, at client and server, oldest forgotten first. A client keeps them under the server's name, port and
 * CA, so that a session never stands in for a check that was made against another name or CA; a server under their id.
 */
export class SessionStore {
  readonly #clock: Clock;
  readonly #lifetime: Duration;
  readonly #most: number;
  readonly #sessions = new Map<string, DtlsSession>();

  constructor(clock: Clock, options: { readonly lifetime?: Duration; readonly most?: number } = {}) {
    this.#clock = clock;
    this.#lifetime = options.lifetime ?? LIFETIME;
    this.#most = options.most ?? MOST_SESSIONS;
  }

  /** The session under a key, unless its time is over. */
  get(key: string): DtlsSession | undefined {
    const session = this.#sessions.get(key);
    if (session === undefined || this.#clock.now() < session.until) return session;
    this.#sessions.delete(key);
    return undefined;
  }

  /** Keeps a session, no longer than the store's lifetime. */
  put(key: string, session: DtlsSession): void {
    this.#sessions.delete(key);
    const until = Math.min(session.until, this.#clock.now() + this.#lifetime);
    this.#sessions.set(key, { ...session, until });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= this.#most) return;
      this.#sessions.delete(oldest);
    }
  }

  /** Forgets a session, as a fatal alert asks for (RFC 5246 section 7.2.2). */
  delete(key: string): void {
    this.#sessions.delete(key);
  }

  /** How many sessions are kept. */
  get size(): number {
    return this.#sessions.size;
  }
}
