import type { IncomingMessage } from "node:http";
import { asStationError, StationError } from "../core/error.ts";
import type { DeviceApi } from "./device-api.ts";
import { REPORT_LIMIT } from "./device-api.ts";
import { bearer, mediaType, readBody, type Answer, type Target } from "./http-message.ts";

/**
 * What the head of an answer takes of the device's receive buffer, plus the byte that the device keeps free (protocol.md 14.2):
 * ours has some 200 bytes; other servers' need 400, and devices in the field are used to that.
 */
const HTTP_HEAD_BYTES = 401;

const CBOR = "application/cbor";
const METHODS: Readonly<Record<string, string>> = {
  "/v1/provisioning/commands": "GET",
  "/v1/provisioning/response": "POST",
};

/** The device side over HTTP: paths, headers and statuses of protocol.md 5.2 to 5.4 and 14.1. Never throws. */
export async function answerDevice(
  api: DeviceApi,
  request: IncomingMessage,
  target: Target,
  onError: (error: StationError) => void,
): Promise<Answer> {
  try {
    return await route(api, request, target);
  } catch (error) {
    const known = asStationError(error);
    onError(known);
    return refusal(known);
  }
}

async function route(api: DeviceApi, request: IncomingMessage, target: Target): Promise<Answer> {
  const method = Object.hasOwn(METHODS, target.path) ? METHODS[target.path] : undefined;
  if (method === undefined) return { status: 404 };
  if (request.method !== method) return { status: 405, headers: { Allow: method } };
  const token = bearer(request);
  if (token === undefined) throw new StationError("service.token-refused", "the request carries no token");
  const uuid = api.authenticateHttp(token);
  if (method === "GET") {
    const body = api.commands(uuid, target.parameters, HTTP_HEAD_BYTES);
    return body === undefined ? { status: 204 } : { status: 200, headers: { "Content-Type": CBOR }, body };
  }
  if (mediaType(request) !== CBOR || request.headers["content-encoding"] !== undefined) return { status: 415 };
  api.report(uuid, await readBody(request, REPORT_LIMIT));
  return { status: 200 };
}

/** Devices look at the status only (protocol.md 5.4), and bodies would take room in their buffers. */
function refusal({ code }: StationError): Answer {
  switch (code) {
    case "service.token-refused":
    case "service.not-claimed":
      return { status: 401, headers: { "WWW-Authenticate": "Bearer" } };
    case "provisioning.report-malformed":
    case "service.bad-request":
      return { status: 400 };
    case "service.too-large":
      return { status: 413 };
    default:
      // Not 503: HTTP clients of the library retry 500 only (protocol.md 14.1).
      return { status: 500 };
  }
}
