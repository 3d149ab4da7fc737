import type { DeviceUuid } from "../core/ids.ts";
import { decodeResponseList } from "../provisioning/response-list-decoder.ts";
import type { DeviceIdentity } from "./device-identity.ts";
import type { DeviceQueue } from "./device-queue.ts";
import { parseFetchQuery } from "./fetch-query.ts";

/** The largest report that is read, in bytes; devices send at most their transmit buffer (protocol.md 6.5). */
export const REPORT_LIMIT = 65_536;

const ATTESTED = "att.";

/** The device side of the service, whatever the transport: who is it, what should it do, what did it do (protocol.md 14). */
export class DeviceApi {
  readonly #identity: DeviceIdentity;
  readonly #queue: DeviceQueue;

  constructor(identity: DeviceIdentity, queue: DeviceQueue) {
    this.#identity = identity;
    this.#queue = queue;
  }

  /** The claimed device that made a JWT. @throws StationError service.token-refused, service.not-claimed */
  authenticate(token: string): DeviceUuid {
    return this.#identity.authenticate(token);
  }

  /**
   * The claimed device that made the token of an `Authorization` header: a JWT, or as older libraries have it `att.` and an
   * attestation token (peers.md 4.6). No JWT begins with `att.`: its first part is an object.
   * @throws StationError service.token-refused, service.not-claimed
   */
  authenticateHttp(token: string): DeviceUuid {
    if (token.startsWith(ATTESTED)) return this.#identity.authenticateAttestation(token.slice(ATTESTED.length));
    return this.#identity.authenticate(token);
  }

  /**
   * The next command list as CBOR; undefined: nothing to do.
   * @param parameters of the query, in wire order
   * @param transportBytes what the transport's head takes of the device's receive buffer: HTTP 401 or more, CoAP 0
   * @throws StationError service.database
   */
  commands(
    uuid: DeviceUuid,
    parameters: Iterable<readonly [name: string, value: string]>,
    transportBytes: number,
  ): Uint8Array | undefined {
    return this.#queue.fetch(uuid, parseFetchQuery(parameters), transportBytes);
  }

  /**
   * Takes a device's response list in; what it says is kept when this returns.
   * @throws StationError provisioning.report-malformed, service.database
   */
  report(uuid: DeviceUuid, body: Uint8Array): void {
    this.#queue.report(uuid, decodeResponseList(body, { records: 20, bytes: REPORT_LIMIT }));
  }
}
