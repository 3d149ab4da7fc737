import type { OwnerAnswer, OwnerApi, OwnerCall } from "../../cloud/owner-api.ts";
import { StationError } from "../../core/error.ts";
import type { Secret } from "../../core/secret.ts";
import { HttpsClient, type HttpsClientOptions } from "./https-client.ts";
import { headerOf } from "./https-message.ts";

/** What the owner's REST API needs besides the way to it. */
export type OwnerHttpsOptions = Omit<HttpsClientOptions, "needsBody"> & {
  /** The profile's `owner.base`, for example `https://api.provisioning.nrfcloud.com/v1`. */
  readonly base: string;
  /** The owner's API key; goes into the Authorization header and nowhere else. */
  readonly key: Secret;
  /** The User-Agent header, for example `provisioning-station/0.1.0`. */
  readonly userAgent: string;
};

/** The owner's REST API over HTTPS (peers.md 4.1). */
export class OwnerHttps implements OwnerApi {
  readonly #client: HttpsClient;
  readonly #options: OwnerHttpsOptions;
  readonly #base: Base;

  /** @throws StationError transport.bad-ca; transport.bad-request when the base is not an https address */
  constructor(options: OwnerHttpsOptions) {
    this.#options = options;
    this.#base = ownerBase(options.base);
    this.#client = new HttpsClient(options);
  }

  /** @throws StationError transport.* */
  async exchange(call: OwnerCall, signal?: AbortSignal): Promise<OwnerAnswer> {
    const { host, port, authority, path } = this.#base;
    const answer = await this.#client.exchange(
      {
        method: call.method,
        host,
        port,
        path: `${path}/${call.path}`,
        headers: [
          ["Host", authority],
          ["Authorization", `Bearer ${this.#options.key.reveal()}`],
          ["User-Agent", this.#options.userAgent],
          ...call.headers,
          ["Connection", this.#options.keep === undefined ? "close" : "keep-alive"],
        ],
        ...(call.body === undefined ? {} : { body: new TextEncoder().encode(call.body.reveal()) }),
      },
      signal,
    );
    const wait = headerOf(answer, "retry-after");
    const { status, body } = answer;
    return wait === undefined ? { status, body } : { status, body, retryAfter: wait };
  }

  /** Closes the connection that is kept, where one is. */
  close(): void {
    this.#client.close();
  }
}

type Base = {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** As the Host header names it. */
  readonly authority: string;
  /** Without a slash at its end. */
  readonly path: string;
};

/** The parts of a profile's `owner.base`. @throws StationError transport.bad-request unless it is an https address without user */
export function ownerBase(text: string): Base {
  const url = urlOf(text);
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "")
    throw new StationError("transport.bad-request", "the owner API's base is not an https:// address without user");
  return {
    host: url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname,
    port: url.port === "" ? 443 : Number(url.port),
    authority: url.host,
    path: url.pathname.replace(/\/+$/, ""),
  };
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
