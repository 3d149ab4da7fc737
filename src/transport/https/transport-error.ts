import type { ErrorCode } from "../../core/error-codes.ts";
import { StationError } from "../../core/error.ts";
import type { Journey, Step } from "./journey.ts";

type TransportCode = Extract<ErrorCode, `transport.${string}`>;
type Meaning = readonly [code: TransportCode, what: string];

const UNTRUSTED: Meaning = ["transport.tls-untrusted", "the service's certificate does not lead to the profile's CA"];
const UNREACHABLE: Meaning = ["transport.unreachable", "no way to the service"];
const PROTOCOL: Meaning = ["transport.tls-protocol", "no TLS version or cipher in common with the service"];
const TLS_FAILED: Meaning = ["transport.tls-failed", "the TLS handshake failed"];
const NO_NAME: Meaning = ["transport.name-lookup", "the service's name was not found"];
const REFUSED: Meaning = ["transport.refused", "the service's port refused the connection"];
const RESET: Meaning = ["transport.reset", "the service cut the connection"];
const BAD_REQUEST: Meaning = ["transport.bad-request", "the request cannot be written as HTTP"];

/** Error codes of Node and OpenSSL whose meaning does not depend on the step. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["ENOTFOUND", NO_NAME],
  ["EAI_AGAIN", NO_NAME],
  ["EAI_FAIL", NO_NAME],
  ["EAI_NODATA", NO_NAME],
  ["EAI_NONAME", NO_NAME],
  ["ECONNREFUSED", REFUSED],
  ["EHOSTUNREACH", UNREACHABLE],
  ["EHOSTDOWN", UNREACHABLE],
  ["ENETUNREACH", UNREACHABLE],
  ["ENETDOWN", UNREACHABLE],
  ["EADDRNOTAVAIL", UNREACHABLE],
  ["EACCES", UNREACHABLE],
  ["EPERM", UNREACHABLE],
  ["ETIMEDOUT", ["transport.timeout", "the service did not answer in time"]],
  ["CERT_HAS_EXPIRED", ["transport.tls-expired", "a certificate of the service has expired"]],
  ["CERT_NOT_YET_VALID", ["transport.tls-not-yet-valid", "a certificate of the service is not valid yet"]],
  ["ERR_TLS_CERT_ALTNAME_INVALID", ["transport.tls-host", "the service's certificate is for another host"]],
  ["HOSTNAME_MISMATCH", ["transport.tls-host", "the service's certificate is for another host"]],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", UNTRUSTED],
  ["SELF_SIGNED_CERT_IN_CHAIN", UNTRUSTED],
  ["UNABLE_TO_GET_ISSUER_CERT", UNTRUSTED],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", UNTRUSTED],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", UNTRUSTED],
  ["CERT_SIGNATURE_FAILURE", UNTRUSTED],
  ["CERT_CHAIN_TOO_LONG", UNTRUSTED],
  ["CERT_UNTRUSTED", UNTRUSTED],
  ["CERT_REJECTED", UNTRUSTED],
  ["CERT_REVOKED", UNTRUSTED],
  ["INVALID_CA", UNTRUSTED],
  ["INVALID_PURPOSE", UNTRUSTED],
  ["PATH_LENGTH_EXCEEDED", UNTRUSTED],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", PROTOCOL],
  ["ERR_SSL_UNKNOWN_PROTOCOL", PROTOCOL],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", PROTOCOL],
  ["ERR_SSL_NO_PROTOCOLS_AVAILABLE", PROTOCOL],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", PROTOCOL],
  ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", PROTOCOL],
  ["ERR_SSL_NO_SHARED_CIPHER", PROTOCOL],
  ["ERR_SSL_DH_KEY_TOO_SMALL", PROTOCOL],
  ["HPE_HEADER_OVERFLOW", ["transport.too-large", "the head of the answer is too large"]],
  ["ERR_UNESCAPED_CHARACTERS", BAD_REQUEST],
  ["ERR_INVALID_CHAR", BAD_REQUEST],
  ["ERR_INVALID_HTTP_TOKEN", BAD_REQUEST],
  ["ERR_INVALID_ARG_TYPE", BAD_REQUEST],
  ["ERR_SOCKET_BAD_PORT", BAD_REQUEST],
  ["ERR_HTTP_INVALID_HEADER_VALUE", BAD_REQUEST],
]);

/**
 * The error of the table that an error of Node's sockets, TLS or HTTP parser means in a step; never quotes a header or body.
 * StationErrors pass unchanged.
 */
export function transportError(error: unknown, journey: Journey): StationError {
  if (error instanceof StationError) return error;
  const reason = codeOf(error);
  const [code, what] = MEANINGS.get(reason) ?? byStep(journey.step, reason, error);
  return new StationError(code, what, journey.facts({ reason }), { cause: error });
}

function byStep(step: Step, reason: string, error: unknown): Meaning {
  if (reason.startsWith("HPE_")) return ["transport.malformed", "the answer is not HTTP"];
  switch (step) {
    case "name lookup":
      return NO_NAME;
    case "connect":
    case "proxy":
      return UNREACHABLE;
    case "TLS":
      return reason.startsWith("CERT_") || reason.startsWith("UNABLE_TO_") ? UNTRUSTED : TLS_FAILED;
    case "request":
    case "answer":
      return hungUp(reason, error)
        ? ["transport.closed", "the service closed the connection without an answer"]
        : RESET;
  }
}

/** Node reports a far side that closes in order as ECONNRESET too, but without a system call. */
function hungUp(reason: string, error: unknown): boolean {
  return reason === "ECONNRESET" && error instanceof Error && !("syscall" in error);
}

function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}
