import type { Secret } from "../core/secret.ts";
import type { Errno } from "./errno.ts";
import { failure, type Failure } from "./failure.ts";
import type { FetchQuery, Versions } from "./request-query.ts";
import type { CoapRequest } from "./transport.ts";

/** Content-Format application/cbor; the library sends it with every payload, the JWT's text included. */
const CBOR = 60;

/** The steps of the exchange and the one answer that each of them wants (protocol.md 6.2). */
export const WANTED_CODE = { auth: "2.01", commands: "2.05", response: "2.04" } as const;

/** A step that has a wanted answer. */
export type CoapStep = keyof typeof WANTED_CODE;

/** Step 1: authentication with a JWT. */
export function authRequest(versions: Versions, token: Secret): CoapRequest {
  return {
    method: "POST",
    confirmable: true,
    path: `p/auth-jwt?mver=${versions.mver}&cver=${versions.cver}`,
    contentFormat: CBOR,
    payload: new TextEncoder().encode(token.reveal()),
  };
}

/** Step 2: the fetch. The transport announces its block size with Block2. */
export function commandsRequest(query: FetchQuery): CoapRequest {
  const limit = query.limit === undefined ? "" : `&limit=${query.limit}`;
  const sizes = `rxMaxSize=${query.rxMaxSize}&txMaxSize=${query.txMaxSize}`;
  return { method: "GET", confirmable: true, path: `p/cmd?after=${query.after}&${sizes}${limit}` };
}

/** Step 3, with keep-open only: suspends the DTLS association while the modem is offline. */
export function suspendRequest(): CoapRequest {
  return { method: "POST", confirmable: false, path: "/.dtls/suspend" };
}

/** Step 4: the report. */
export function responseRequest(payload: Uint8Array): CoapRequest {
  return { method: "POST", confirmable: true, path: "p/rsp", contentFormat: CBOR, payload };
}

/** The library's result for an answer that is not the wanted one (protocol.md 6.3, version 3.1.99). */
export function codeErrno(code: string): Errno {
  return CODE_ERRNO[code] ?? "ENOTSUP";
}

const CODE_ERRNO: Readonly<Record<string, Errno>> = {
  "4.00": "EINVAL",
  "4.01": "EACCES",
  "4.03": "EACCES",
  "4.04": "ENOENT",
  "4.06": "EINVAL",
  "5.00": "EBUSY",
  "5.03": "EBUSY",
};

/** The failure that an unwanted code means; the raw code stays among its facts (open-questions.md). */
export function codeFailure(step: CoapStep, code: string): Failure {
  const errno = codeErrno(code);
  const facts = { request: step, status: code };
  if (errno === "EACCES")
    return failure(errno, "provisioning.not-claimed", "the service does not know this unit", facts);
  if (errno === "EBUSY")
    return failure(errno, "provisioning.service-busy", "the service is busy or has an internal error", facts);
  return failure(errno, "provisioning.request-refused", `the service answered ${code}`, facts);
}
