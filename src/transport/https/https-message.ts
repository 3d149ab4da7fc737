import type { Duration } from "../../core/duration.ts";

/** One HTTPS request; headers go on the wire in the order and spelling given, `Content-Length` is added after them where there is a body. */
export type HttpsRequest = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Host name or address, without brackets; also what the server's certificate must be for. */
  readonly host: string;
  readonly port: number;
  /** Path with query, exactly as it goes on the wire; wire text (core/wire-text.ts). */
  readonly path: string;
  /** Header lines in order, `Host` among them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
};

/** An HTTPS answer; names of headers in lower case, values as sent. */
export type HttpsAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
};

/** The limits of one request. */
export type HttpsLimits = {
  /** Name lookup, TCP, proxy and TLS together; default 30 s (protocol.md 5.1). */
  readonly connect: Duration;
  /** Without a single byte of the answer; default 30 s. */
  readonly idle: Duration;
  /** From the request's first byte to the answer's last; default 30 s (protocol.md 5.1). */
  readonly exchange: Duration;
  /** The whole answer, head included, must stay below this many bytes; default 1 MiB. */
  readonly answerBytes: number;
};

/** The value of a header of an answer, the first where it is repeated; `name` in lower case. */
export function headerOf(answer: HttpsAnswer, name: string): string | undefined {
  return answer.headers.find(([found]) => found === name)?.[1];
}
