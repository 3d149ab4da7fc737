import { withLimit } from "../core/clock.ts";
import { minutes } from "../core/duration.ts";
import { asStationError } from "../core/error.ts";
import { failureOf, throwIfStopped, transportErrno, type Failure } from "./failure.ts";
import type { SessionSupport } from "./session-support.ts";
import type { CoapAssociation, CoapTransport } from "./transport.ts";

/** A handshake with its retransmissions (RFC 6347: 1 s doubled to 60 s) and the name lookup end well before. */
const CONNECT_LIMIT = minutes(3);

/**
 * The one DTLS association of a session: open or not, and whether it stays open while the modem is offline.
 * The library forgets an open socket in two places (protocol.md 6.2): such associations go to `leftOpen` in strict mode,
 * for the client to close in the end; by default they are closed at once.
 */
export class CoapLink {
  readonly #transport: CoapTransport;
  readonly #support: SessionSupport;
  readonly #leftOpen: CoapAssociation[];
  #association: CoapAssociation | undefined;
  /** Set by each connect, as the socket option that it stands for (protocol.md 6.1). */
  keepOpen = false;

  constructor(transport: CoapTransport, support: SessionSupport, leftOpen: CoapAssociation[]) {
    this.#transport = transport;
    this.#support = support;
    this.#leftOpen = leftOpen;
  }

  /** The open association. */
  get association(): CoapAssociation | undefined {
    return this.#association;
  }

  /**
   * Opens an association in place of the one there was.
   * @throws StationError the signal's reason
   */
  async connect(signal?: AbortSignal): Promise<Failure | undefined> {
    const previous = this.#association;
    this.#association = undefined;
    if (previous !== undefined) await this.#leave(previous);
    const onLimit = { code: "transport.timeout", what: "the handshake with the service did not end" } as const;
    const work = (inner: AbortSignal): Promise<CoapAssociation> => this.#transport.connect(inner);
    try {
      this.keepOpen = this.#support.options.coapKeepOpen;
      this.#association = await withLimit(this.#support.clock, CONNECT_LIMIT, onLimit, work, signal);
      return undefined;
    } catch (error) {
      throwIfStopped(signal);
      const known = asStationError(error);
      return failureOf(transportErrno(known), known);
    }
  }

  /** Closes the association, if one is open. */
  async close(): Promise<void> {
    const open = this.#association;
    this.#association = undefined;
    await open?.close();
  }

  /** Ends the session as the library does when it could not sign: the socket stays open (strict). */
  async leave(): Promise<void> {
    const open = this.#association;
    this.#association = undefined;
    if (open !== undefined) await this.#leave(open);
  }

  async #leave(association: CoapAssociation): Promise<void> {
    if (this.#support.options.compatibility === "strict") this.#leftOpen.push(association);
    else await association.close();
  }
}
