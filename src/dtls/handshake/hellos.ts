import { illegal } from "../alert.ts";
import { ByteReader, joined, uint, vector } from "../bytes.ts";
import { DTLS_1_2 } from "../record/record.ts";
import { StationError } from "../../core/error.ts";
import { encodeExtensions, readExtensions, type Extensions } from "./extensions.ts";

/** Bytes of either side's random. */
export const RANDOM_LENGTH = 32;
const SESSION_ID_LIMIT = 32;
const COOKIE_LIMIT = 255;
const NO_COMPRESSION = 0;

/** ClientHello (RFC 5246 section 7.4.1.2, with the cookie of RFC 6347 section 4.2.1). */
export type ClientHello = {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cookie: Uint8Array;
  readonly suites: readonly number[];
  readonly extensions: Extensions;
};

/** ServerHello (RFC 5246 section 7.4.1.3). */
export type ServerHello = {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suite: number;
  readonly extensions: Extensions;
};

/** A ClientHello's bytes; compression is never offered. */
export function encodeClientHello(hello: ClientHello): Uint8Array {
  return joined(
    uint(hello.version, 2),
    hello.random,
    vector(1, hello.sessionId),
    vector(1, hello.cookie),
    vector(2, ...hello.suites.map((suite) => uint(suite, 2))),
    vector(1, Uint8Array.of(NO_COMPRESSION)),
    encodeExtensions(hello.extensions),
  );
}

/** Reads a ClientHello. @throws StationError `dtls.protocol` */
export function parseClientHello(bytes: Uint8Array): ClientHello {
  const reader = new ByteReader(bytes, "ClientHello");
  const version = reader.uint(2);
  const random = Uint8Array.from(reader.take(RANDOM_LENGTH));
  const sessionId = Uint8Array.from(reader.vector(1, 0, SESSION_ID_LIMIT));
  const cookie = Uint8Array.from(reader.vector(1, 0, COOKIE_LIMIT));
  const list = new ByteReader(reader.vector(2, 2, 65_534), "ClientHello");
  const suites: number[] = [];
  while (list.left > 0) suites.push(list.uint(2));
  if (!reader.vector(1, 1, 255).includes(NO_COMPRESSION)) throw illegal("a client that insists on compression", 1);
  const extensions = readExtensions(reader, (part) => new ByteReader(part, "ClientHello"));
  reader.end();
  return { version, random, sessionId, cookie, suites, extensions };
}

/** A ServerHello's bytes. */
export function encodeServerHello(hello: ServerHello): Uint8Array {
  const head = joined(uint(DTLS_1_2, 2), hello.random, vector(1, hello.sessionId), uint(hello.suite, 2));
  return joined(head, Uint8Array.of(NO_COMPRESSION), encodeExtensions(hello.extensions));
}

/** Reads a ServerHello. @throws StationError `dtls.protocol`, `dtls.parameters` for another version */
export function parseServerHello(bytes: Uint8Array): ServerHello {
  const reader = new ByteReader(bytes, "ServerHello");
  const version = reader.uint(2);
  if (version !== DTLS_1_2) throw wrongVersion(version);
  const random = Uint8Array.from(reader.take(RANDOM_LENGTH));
  const sessionId = Uint8Array.from(reader.vector(1, 0, SESSION_ID_LIMIT));
  const suite = reader.uint(2);
  const compression = reader.uint(1);
  if (compression !== NO_COMPRESSION) throw illegal("the server chose compression", compression);
  const extensions = readExtensions(reader, (part) => new ByteReader(part, "ServerHello"));
  reader.end();
  return { random, sessionId, suite, extensions };
}

/** The error of a peer that does not speak DTLS 1.2. */
export function wrongVersion(version: number): StationError {
  return new StationError("dtls.parameters", "the peer does not speak DTLS 1.2", {
    version: `0x${version.toString(16).padStart(4, "0")}`,
    alert: "protocol_version",
  });
}

/** A HelloVerifyRequest's bytes (RFC 6347 section 4.2.1); its version says nothing, DTLS 1.0 is what peers expect there. */
export function encodeHelloVerifyRequest(cookie: Uint8Array): Uint8Array {
  return joined(uint(0xfeff, 2), vector(1, cookie));
}

/** The cookie of a HelloVerifyRequest. @throws StationError `dtls.protocol` */
export function parseHelloVerifyRequest(bytes: Uint8Array): Uint8Array {
  const reader = new ByteReader(bytes, "HelloVerifyRequest");
  reader.uint(2);
  const cookie = Uint8Array.from(reader.vector(1, 0, COOKIE_LIMIT));
  reader.end();
  return cookie;
}
