import { withLimit, type Clock } from "../../core/clock.ts";
import { seconds } from "../../core/duration.ts";
import { realClock } from "../../core/real-clock.ts";
import { certificatesOf } from "./certificate-authority.ts";
import { dial, trustIn, type Route } from "./dial.ts";
import type { HttpsAnswer, HttpsLimits, HttpsRequest } from "./https-message.ts";
import { Journey } from "./journey.ts";
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
};

const DEFAULT_LIMITS: HttpsLimits = {
  connect: seconds(30),
  idle: seconds(30),
  exchange: seconds(30),
  answerBytes: 1_048_576,
};

/** HTTPS with one verified TLS connection a request, no redirects, no cookies, no compression (protocol.md 5.1). */
export class HttpsClient {
  readonly #route: Route;
  readonly #limits: HttpsLimits;
  readonly #clock: Clock;
  readonly #needsBody: (status: number) => boolean;

  /** @throws StationError transport.bad-ca */
  constructor(options: HttpsClientOptions) {
    const trust = trustIn(certificatesOf(options.ca));
    this.#route = options.proxy === undefined ? { trust } : { trust, proxy: options.proxy };
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#clock = options.clock ?? realClock;
    this.#needsBody = options.needsBody ?? (() => true);
  }

  /**
   * Sends one request and reads its answer, whatever its status.
   * @throws StationError transport.*, with host, port and step among the facts; the signal's reason when that aborts
   */
  async exchange(request: HttpsRequest, signal?: AbortSignal): Promise<HttpsAnswer> {
    const journey = new Journey(request.host, request.port);
    const { connect, exchange } = this.#limits;
    const socket = await withLimit(
      this.#clock,
      connect,
      journey.timeout(),
      (inner) => dial(journey, this.#route, inner),
      signal,
    );
    try {
      return await withLimit(
        this.#clock,
        exchange,
        journey.timeout(),
        (inner) =>
          talk(socket, request, {
            ...{ clock: this.#clock, limits: this.#limits, needsBody: this.#needsBody },
            ...{ journey, signal: inner },
          }),
        signal,
      );
    } finally {
      socket.destroy();
    }
  }
}
