import type { TLSSocket } from "node:tls";
import { withLimit, type Clock } from "../../core/clock.ts";
import { seconds, type Duration } from "../../core/duration.ts";
import { realClock } from "../../core/real-clock.ts";
import { certificatesOf } from "./certificate-authority.ts";
import { dial, trustIn, type Route } from "./dial.ts";
import type { HttpsAnswer, HttpsLimits, HttpsRequest } from "./https-message.ts";
import { Journey } from "./journey.ts";
import { KeptConnection } from "./kept-connection.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { talk } from "./talk.ts";

/** How a client reaches its service. */
export type HttpsClientOptions = {
  /** PEM text of the profile's CA certificates: the only ones trusted. */
  readonly ca: string;
  readonly proxy?: ProxyAddress | undefined;
  readonly limits?: Partial<HttpsLimits>;
  readonly clock?: Clock;
  /** Which statuses come with a body that counts; default: all. Bodies of others are cut at the limit instead of failing. */
  readonly needsBody?: (status: number) => boolean;
  /** How long a connection is kept for the next request to the same host; default: each request has its own, as on the devices. */
  readonly keep?: Duration;
};

const DEFAULT_LIMITS: HttpsLimits = {
  connect: seconds(30),
  idle: seconds(30),
  exchange: seconds(30),
  answerBytes: 1_048_576,
};

/** HTTPS over verified TLS connections, without redirects, cookies or compression (protocol.md 5.1). */
export class HttpsClient {
  readonly #route: Route;
  readonly #limits: HttpsLimits;
  readonly #clock: Clock;
  readonly #needsBody: (status: number) => boolean;
  readonly #keep: Duration | undefined;
  #kept: { readonly to: string; readonly connection: KeptConnection } | undefined;

  /** @throws StationError transport.bad-ca */
  constructor(options: HttpsClientOptions) {
    const trust = trustIn(certificatesOf(options.ca));
    this.#route = options.proxy === undefined ? { trust } : { trust, proxy: options.proxy };
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#clock = options.clock ?? realClock;
    this.#needsBody = options.needsBody ?? (() => true);
    this.#keep = options.keep;
  }

  /**
   * Sends one request and reads its answer, whatever its status.
   * @throws StationError transport.*, with host, port and step among the facts; the signal's reason when that aborts
   */
  async exchange(request: HttpsRequest, signal?: AbortSignal): Promise<HttpsAnswer> {
    const journey = new Journey(request.host, request.port);
    const kept = this.#take(request);
    if (kept !== undefined) return this.#over(kept, request, journey, signal);
    const { connect } = this.#limits;
    const socket = await withLimit(
      this.#clock,
      connect,
      journey.timeout(),
      (inner) => dial(journey, this.#route, inner),
      signal,
    );
    if (this.#keep !== undefined)
      return this.#over(new KeptConnection(socket, this.#clock, this.#keep), request, journey, signal);
    try {
      return await this.#talk({ socket }, request, journey, signal);
    } finally {
      socket.destroy();
    }
  }

  /** Closes the connection that is kept, where one is; harmless when repeated. */
  close(): void {
    this.#kept?.connection.close();
    this.#kept = undefined;
  }

  /** The kept connection to this host, where one rests; it is nobody else's from now on. */
  #take({ host, port }: HttpsRequest): KeptConnection | undefined {
    const kept = this.#kept;
    if (kept?.to !== placeOf(host, port)) return undefined;
    this.#kept = undefined;
    return kept.connection.usable ? kept.connection : undefined;
  }

  async #over(
    connection: KeptConnection,
    request: HttpsRequest,
    journey: Journey,
    signal: AbortSignal | undefined,
  ): Promise<HttpsAnswer> {
    connection.work();
    try {
      const answer = await this.#talk(connection, request, journey, signal);
      if (connection.socket.destroyed || this.#kept?.connection.usable === true) connection.close();
      else {
        connection.rest();
        this.#kept = { to: placeOf(request.host, request.port), connection };
      }
      return answer;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #talk(
    { socket, agent }: { readonly socket: TLSSocket; readonly agent?: KeptConnection["agent"] },
    request: HttpsRequest,
    journey: Journey,
    signal: AbortSignal | undefined,
  ): Promise<HttpsAnswer> {
    const { exchange } = this.#limits;
    const common = { clock: this.#clock, limits: this.#limits, needsBody: this.#needsBody, journey };
    return withLimit(
      this.#clock,
      exchange,
      journey.timeout(),
      (inner) => talk(socket, request, { ...common, agent, signal: inner }),
      signal,
    );
  }
}

function placeOf(host: string, port: number): string {
  return `${host} ${port}`;
}
