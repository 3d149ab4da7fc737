import { jetstream, type JetStreamClient } from "@nats-io/jetstream";
import { connect, type ConnectionOptions, type NatsConnection } from "@nats-io/transport-node";
import { serverAddress, type ResolvedLine } from "../contract/line-file.ts";
import { Backoff } from "../core/backoff.ts";
import { abortReason, sleep, withLimit, type Clock, type Instant } from "../core/clock.ts";
import { seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { authenticatorOf } from "./credentials.ts";
import { lineError } from "./line-error.ts";

/** A connection to the line, good until it is lost; the next one is another session. */
export type LineSession = {
  readonly nats: NatsConnection;
  /** Its requests take `limits.requestSeconds` at most. */
  readonly js: JetStreamClient;
  /** Aborts when the connection is lost or given up. */
  readonly lost: AbortSignal;
  /** Gives the connection up, so that another one is made, if there is one elsewhere: for requests that got no answer. */
  giveUp(): void;
};

/** Whether the line is there. `since` is the wall clock's. */
export type LineStatus =
  | { readonly state: "connected"; readonly since: Instant; readonly server: string }
  | { readonly state: "away"; readonly since: Instant; readonly why?: StationError }
  | { readonly state: "closed" };

/** How a line is connected. */
export type LineSurroundings = {
  readonly clock: Clock;
  /** Told in the servers' lists of connections; default `station <name>`. */
  readonly client?: string;
};

/** The first wait after a connection that failed or was lost; doubled at every further one. */
const FIRST_WAIT = seconds(0.25);
const LONGEST_WAIT = seconds(5);
/** A silent connection is asked after so long, and is lost after the second question without answer. */
const PING_INTERVAL = seconds(5);

/**
 * The line of stations: looked for in the background for as long as it is open, through all servers of its file; nothing ever
 * waits for it longer than it says itself.
 */
export class Line {
  readonly settings: ResolvedLine;
  readonly #clock: Clock;
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(status: LineStatus) => void>();
  readonly #work: Promise<void>;
  #status: LineStatus;
  #session: LineSession | undefined;

  constructor(settings: ResolvedLine, { clock, client = `station ${settings.station.name}` }: LineSurroundings) {
    this.settings = settings;
    this.#clock = clock;
    this.#options = connectionOptions(settings, client);
    this.#status = { state: "away", since: clock.now() };
    this.#work = this.#keepConnected();
  }

  get status(): LineStatus {
    return this.#status;
  }

  /** The session of this moment; undefined while the line is away. */
  get session(): LineSession | undefined {
    return this.#session;
  }

  /** One request's limit. */
  get requestLimit(): Duration {
    return seconds(this.settings.limits.requestSeconds);
  }

  /** Tells every change of the status; the answer ends it. */
  subscribe(listener: (status: LineStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The session, waited for when there is none.
   * @param limit how long at most; without one until the line is there, the signal aborts or the line is closed
   * @throws StationError line.* with the newest reason why the line is away; the signal's reason
   */
  async reach(limit?: Duration, signal?: AbortSignal): Promise<LineSession> {
    if (this.#session !== undefined) return this.#session;
    if (limit === undefined) return this.#nextSession(signal);
    try {
      const over = { code: "line.away", what: "the line cannot be reached" } as const;
      return await withLimit(this.#clock, limit, over, (inner) => this.#nextSession(inner), signal);
    } catch (error) {
      if (signal?.aborted === true || this.#status.state !== "away") throw error;
      throw this.#status.why ?? error;
    }
  }

  /** Gives everything up. Harmless when repeated. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return this.#work;
    this.#tell({ state: "closed" });
    this.#closing.abort(new StationError("line.away", "the line was closed"));
    await this.#work;
    this.#listeners.clear();
  }

  #nextSession(signal?: AbortSignal): Promise<LineSession> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#listeners.delete(look);
        signal?.removeEventListener("abort", onAbort);
        this.#closing.signal.removeEventListener("abort", onClosing);
      };
      const look = (): void => {
        if (this.#session === undefined) return;
        stop();
        resolve(this.#session);
      };
      const refuse = (from: AbortSignal): void => {
        stop();
        reject(abortReason(from));
      };
      const onAbort = (): void => refuse(signal ?? this.#closing.signal);
      const onClosing = (): void => refuse(this.#closing.signal);
      this.#listeners.add(look);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#closing.signal.addEventListener("abort", onClosing, { once: true });
      if (signal?.aborted === true) onAbort();
      else if (this.#closing.signal.aborted) onClosing();
    });
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing;
    const waits = new Backoff(FIRST_WAIT, LONGEST_WAIT);
    while (!signal.aborted) {
      try {
        await this.#connectOnce();
        waits.reset();
      } catch (error) {
        this.#missed(lineError(error, "the line cannot be reached"));
      }
      try {
        await sleep(this.#clock, waits.next(), signal);
      } catch {
        return;
      }
    }
  }

  /** Connects, and returns once that connection is over. */
  async #connectOnce(): Promise<void> {
    const nats = await this.#connected();
    const lost = new AbortController();
    const close = (): void => void nats.close();
    this.#closing.signal.addEventListener("abort", close, { once: true });
    try {
      if (this.#closing.signal.aborted) close();
      else {
        const js = jetstream(nats, { timeout: this.requestLimit });
        this.#session = { nats, js, lost: lost.signal, giveUp: close };
        this.#tell({ state: "connected", since: this.#clock.now(), server: nats.getServer() });
      }
      const failure = await nats.closed();
      this.#session = undefined;
      this.#missed(lineError(failure ?? new StationError("line.away", "the connection ended"), "the line was lost"));
    } finally {
      this.#session = undefined;
      this.#closing.signal.removeEventListener("abort", close);
      lost.abort(new StationError("line.away", "the line was lost"));
    }
  }

  /** A new connection; an attempt that the line's end comes upon is left to itself, and closed should it succeed. */
  async #connected(): Promise<NatsConnection> {
    const { signal } = this.#closing;
    const attempt = connect(this.#options);
    const ended = new Promise<never>((_resolve, reject) => {
      const end = (): void => {
        attempt.then((nats) => nats.close()).catch(() => undefined);
        reject(abortReason(signal));
      };
      signal.addEventListener("abort", end, { once: true });
      attempt
        .catch(() => undefined)
        .finally(() => signal.removeEventListener("abort", end))
        .catch(() => undefined);
    });
    return Promise.race([attempt, ended]);
  }

  #missed(why: StationError): void {
    if (this.#status.state === "closed") return;
    const since = this.#status.state === "away" ? this.#status.since : this.#clock.now();
    this.#tell({ state: "away", since, why });
  }

  #tell(status: LineStatus): void {
    this.#status = status;
    for (const listener of [...this.#listeners]) listener(status);
  }
}

/**
 * Begins to look for the line's servers; answers at once.
 * @throws StationError line.credentials
 */
export function connectLine(settings: ResolvedLine, surroundings: LineSurroundings): Line {
  return new Line(settings, surroundings);
}

/** The library reconnects by itself only by buffering without limits: here every connection is used up and made anew. */
function connectionOptions(settings: ResolvedLine, client: string): ConnectionOptions {
  const { servers, ca, credentials, limits } = settings;
  const secure = servers.some((server) => serverAddress(server)?.scheme === "tls");
  return {
    name: client,
    servers: servers.map((server) => server.replace(/^(tls|nats):\/\//, "")),
    timeout: seconds(limits.connectSeconds),
    reconnect: false,
    // Only servers that the line file names are spoken to, whatever others a server tells of.
    ignoreClusterUpdates: true,
    pingInterval: PING_INTERVAL,
    maxPingOut: 2,
    tls: secure ? (ca === undefined ? {} : { ca }) : null,
    ...(credentials === undefined ? {} : { authenticator: authenticatorOf(credentials) }),
  };
}
