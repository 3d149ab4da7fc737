import { abortReason } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import type { Facts } from "../core/fact.ts";
import { errnoName, type Errno } from "./errno.ts";

/** A step that failed: the library's result and why. */
export type Failure = { readonly kind: "failed"; readonly errno: Errno; readonly error: StationError };

/** A step's value, or why there is none. */
export type Outcome<T> = { readonly kind: "ok"; readonly value: T } | Failure;

/** A step that went well. */
export function ok<T>(value: T): Outcome<T> {
  return { kind: "ok", value };
}

/** A failed step with a new error. */
export function failure(errno: Errno, code: ErrorCode, what: string, facts: Facts = {}, cause?: unknown): Failure {
  const options = cause === undefined ? {} : { cause };
  return { kind: "failed", errno, error: new StationError(code, what, { ...facts, errno }, options) };
}

/** A failed step with an error that is telling enough as it is. */
export function failureOf(errno: Errno, error: StationError): Failure {
  return { kind: "failed", errno, error };
}

/**
 * The library's result for an error of a transport (protocol.md 5.4, 6.3): an `errno` number among its facts counts;
 * else its code. Every connect, TLS and DTLS failure is ECONNREFUSED, as the library cannot tell them apart.
 */
export function transportErrno(error: StationError): Errno {
  const { errno } = error.facts;
  if (typeof errno === "number") return errnoName(errno);
  return TRANSPORT_ERRNO[error.code] ?? (error.code.startsWith("dtls.") ? "ECONNREFUSED" : "EIO");
}

/** Throws the reason of a deliberate stop, which ends a run at once instead of becoming the result of a step. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortReason(signal);
}

const TRANSPORT_ERRNO: Readonly<Partial<Record<ErrorCode, Errno>>> = {
  "transport.name-lookup": "EFAULT",
  "transport.refused": "ECONNREFUSED",
  "transport.unreachable": "ECONNREFUSED",
  "transport.tls-untrusted": "ECONNREFUSED",
  "transport.tls-host": "ECONNREFUSED",
  "transport.tls-expired": "ECONNREFUSED",
  "transport.tls-not-yet-valid": "ECONNREFUSED",
  "transport.tls-protocol": "ECONNREFUSED",
  "transport.tls-failed": "ECONNREFUSED",
  "transport.proxy-unreachable": "ECONNREFUSED",
  "transport.proxy-auth": "ECONNREFUSED",
  "transport.proxy-refused": "ECONNREFUSED",
  "transport.timeout": "ETIMEDOUT",
  "transport.reset": "ECONNRESET",
  "transport.truncated": "ECONNRESET",
  "transport.closed": "ESHUTDOWN",
  "transport.too-large": "ENOBUFS",
  "transport.malformed": "EBADMSG",
  "transport.bad-request": "EINVAL",
  "dtls.no-answer": "ETIMEDOUT",
  "dtls.handshake-timeout": "ETIMEDOUT",
  "dtls.closed": "ESHUTDOWN",
  "dtls.idle": "ESHUTDOWN",
  "coap.no-answer": "ETIMEDOUT",
  "coap.reset": "ECONNRESET",
  "coap.closed": "ESHUTDOWN",
  "coap.too-large": "ENOBUFS",
  "coap.malformed": "EBADMSG",
  "coap.option": "EBADMSG",
  "coap.block": "EBADMSG",
  "provisioning.no-answer": "EAGAIN",
};
