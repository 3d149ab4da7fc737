import type { CoapHandler, CoapReply, CoapRequestIn } from "../coap/server-request.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import type { DeviceApi } from "./device-api.ts";

const CBOR = 60;
const METHODS: Readonly<Record<string, string>> = {
  "p/auth-jwt": "0.02",
  "p/cmd": "0.01",
  "p/rsp": "0.02",
  ".dtls/suspend": "0.02",
};

/** What a device said in its authentication; it holds for its DTLS connection (protocol.md 14.1). */
type Identity = { readonly uuid: DeviceUuid; readonly versions: Parameters };
type Parameters = readonly (readonly [name: string, value: string])[];

/** What the handler of one connection needs. */
export type DeviceCoapParts = {
  readonly api: Pick<DeviceApi, "authenticate" | "commands" | "report">;
  /** Whether the connection survives a change of the device's address (RFC 9146). */
  readonly connectionId: boolean;
  readonly onError: (error: StationError) => void;
};

/** The device side over CoAP for one connection: paths and codes of protocol.md 6.2, 6.3 and 14.1. Never throws. */
export function deviceCoapHandler({ api, connectionId, onError }: DeviceCoapParts): CoapHandler {
  const session: { identity?: Identity } = {};

  function route(request: CoapRequestIn): CoapReply {
    const path = request.path.join("/");
    const method = Object.hasOwn(METHODS, path) ? METHODS[path] : undefined;
    if (method === undefined) return { code: "4.04" };
    if (request.code !== method) return { code: "4.05" };
    if (path === "p/auth-jwt") return authenticate(request);
    if (path === ".dtls/suspend") return { code: connectionId ? "2.04" : "4.04" };
    if (session.identity === undefined)
      throw new StationError("service.token-refused", "the connection is not authenticated");
    return path === "p/cmd" ? commands(session.identity, request) : report(session.identity, request);
  }

  function authenticate({ payload, query }: CoapRequestIn): CoapReply {
    delete session.identity;
    const uuid = api.authenticate(new TextDecoder().decode(payload));
    session.identity = { uuid, versions: parametersOf(query) };
    return { code: "2.01" };
  }

  function commands({ uuid, versions }: Identity, { query, accept }: CoapRequestIn): CoapReply {
    if (accept !== undefined && accept !== CBOR) return { code: "4.06" };
    const payload = api.commands(uuid, [...parametersOf(query), ...versions], 0);
    return payload === undefined ? { code: "2.05" } : { code: "2.05", contentFormat: CBOR, payload };
  }

  function report({ uuid }: Identity, { contentFormat, payload }: CoapRequestIn): CoapReply {
    if (contentFormat !== undefined && contentFormat !== CBOR) return { code: "4.15" };
    api.report(uuid, payload);
    return { code: "2.04" };
  }

  return (request) => {
    try {
      return route(request);
    } catch (error) {
      const known = asStationError(error);
      onError(known);
      return { code: refusal(known) };
    }
  };
}

/** Query options may be cut by the device's path limit (protocol.md 6.4): what has no `=` has no value. */
function parametersOf(query: readonly string[]): Parameters {
  return query.map((part) => {
    const equals = part.indexOf("=");
    return equals < 0 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
  });
}

function refusal({ code }: StationError): string {
  switch (code) {
    case "service.token-refused":
    case "service.not-claimed":
      return "4.01";
    case "provisioning.report-malformed":
    case "service.bad-request":
      return "4.00";
    case "service.too-large":
      return "4.13";
    default:
      return "5.00";
  }
}
