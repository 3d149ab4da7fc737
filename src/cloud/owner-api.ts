import type { Secret } from "../core/secret.ts";

/**
 * One request to the owner's REST API as data (peers.md 4.1). Path and headers are without the API key and the host: whoever
 * sends it puts the profile's base address in front and adds `Authorization: Bearer <key>`.
 */
export type OwnerCall = {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the API's base, without a leading slash, for example `claimed-devices?dryrun=true`. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** JSON text; a Secret because claim tokens and keys of recipes are in it. */
  readonly body?: Secret;
};

/** An answer of the owner's REST API; the body is bounded by whoever received it. */
export type OwnerAnswer = {
  readonly status: number;
  /** The `Retry-After` header as it came, where there is one and the transport hands it out. */
  readonly retryAfter?: string;
  readonly body: Uint8Array;
};

/** Carries requests to the owner's REST API with the station's key. */
export interface OwnerApi {
  /** @throws StationError transport.* when no complete answer came */
  exchange(call: OwnerCall, signal?: AbortSignal): Promise<OwnerAnswer>;
}
