import type { Secret } from "../core/secret.ts";
import type { Errno } from "./errno.ts";
import { failure, type Failure } from "./failure.ts";
import type { ProvisioningOptions } from "./options.ts";
import type { FetchQuery, Versions } from "./request-query.ts";
import type { HttpRequest } from "./transport.ts";

const COMMANDS_PATH = "/v1/provisioning/commands";
const RESPONSE_PATH = "/v1/provisioning/response";
const CBOR = "application/cbor";
const ANY = "*/*";

/** Path and query of the fetch, in the library's order of parameters (protocol.md 5.2). */
export function fetchPath(query: FetchQuery, versions: Versions): string {
  const limit = query.limit === undefined ? "" : `&limit=${query.limit}`;
  const sizes = `rxMaxSize=${query.rxMaxSize}&txMaxSize=${query.txMaxSize}`;
  return `${COMMANDS_PATH}?after=${query.after}&${sizes}&mver=${versions.mver}&cver=${versions.cver}${limit}`;
}

/** The fetch request: headers in the library's order (protocol.md 5.2). */
export function fetchRequest(
  options: ProvisioningOptions,
  query: FetchQuery,
  versions: Versions,
  token: Secret,
): HttpRequest {
  return {
    method: "GET",
    host: options.httpHostname,
    port: options.httpPort,
    path: fetchPath(query, versions),
    headers: [
      ["Host", options.httpHostname],
      ["Accept", CBOR],
      ["Authorization", `Bearer ${token.reveal()}`],
      ["Content-Type", ANY],
      ["User-Agent", options.userAgent],
      ["Connection", "close"],
    ],
  };
}

/** The report request (protocol.md 5.3). */
export function reportRequest(options: ProvisioningOptions, token: Secret, body: Uint8Array): HttpRequest {
  return {
    method: "POST",
    host: options.httpHostname,
    port: options.httpPort,
    path: RESPONSE_PATH,
    headers: [
      ["Host", options.httpHostname],
      ["Content-Type", CBOR],
      ["Accept", ANY],
      ["Authorization", `Bearer ${token.reveal()}`],
      ["User-Agent", options.userAgent],
      ["Connection", "close"],
    ],
    body,
  };
}

/** The library's result for a status of the fetch; undefined for 200 (protocol.md 5.4, version 3.1.99). */
export function fetchStatusErrno(status: number): Errno | undefined {
  return status === 200 ? undefined : (STATUS_ERRNO[status] ?? "ENOTSUP");
}

const STATUS_ERRNO: Readonly<Record<number, Errno>> = {
  0: "ESHUTDOWN",
  204: "ENODATA",
  400: "EINVAL",
  401: "EACCES",
  403: "EACCES",
  415: "ENOMSG",
  500: "EBUSY",
};

/** The failure that a status means; the raw status stays among its facts (open-questions.md Q2). */
export function statusFailure(errno: Errno, request: string, status: number): Failure {
  const facts = { request, status };
  switch (errno) {
    case "EACCES":
      return failure(errno, "provisioning.not-claimed", "the service does not know this unit", facts);
    case "EBUSY":
      return failure(errno, "provisioning.service-busy", "the service is busy or has an internal error", facts);
    case "ESHUTDOWN":
      return failure(errno, "provisioning.exchange-failed", "the service closed the connection without answer", facts);
    default:
      // To the library 502 to 504 are as final as a refusal; to an operator they say that the service may be back in a minute.
      return status > 500
        ? failure(errno, "provisioning.service-busy", `the service answered ${status}`, facts)
        : failure(errno, "provisioning.request-refused", `the service answered ${status}`, facts);
  }
}
