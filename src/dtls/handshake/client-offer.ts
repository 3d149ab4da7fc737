import { isIP } from "node:net";
import { StationError } from "../../core/error.ts";
import { illegal } from "../alert.ts";
import { ByteReader, joined, sameBytes, uint, vector } from "../bytes.ts";
import { DTLS_1_2 } from "../record/record.ts";
import { suiteOf, SUITES, type Suite } from "../suite.ts";
import { encodeNumbers, EXTENSION, readConnectionId, type Extensions } from "./extensions.ts";
import { GROUPS } from "./groups.ts";
import { parseServerHello, type ClientHello } from "./hellos.ts";
import { SIGNATURE_SCHEMES } from "./signature-schemes.ts";

/** What a ServerHello has settled. */
export type Agreement = {
  readonly suite: Suite;
  readonly serverRandom: Uint8Array;
  readonly sessionId: Uint8Array;
  /** What the server wants in records to it (RFC 9146); empty for none. */
  readonly peerConnectionId: Uint8Array;
};

const UNCOMPRESSED_POINTS = 0;

/**
 * The client's hello: every suite, curve and signature algorithm of the station, extended master secret (RFC 7627), an empty
 * connection id (RFC 9146: none for itself, the server's is welcome), the name unless it is an address (RFC 6066 section 3).
 */
export function makeClientHello(
  serverName: string,
  fields: Pick<ClientHello, "random" | "sessionId" | "cookie">,
): ClientHello {
  const extensions = new Map([
    [EXTENSION.supportedGroups, encodeNumbers(GROUPS.map(({ id }) => id))],
    [EXTENSION.pointFormats, vector(1, Uint8Array.of(UNCOMPRESSED_POINTS))],
    [EXTENSION.signatureSchemes, encodeNumbers(SIGNATURE_SCHEMES.map(({ id }) => id))],
    [EXTENSION.extendedMasterSecret, new Uint8Array(0)],
    [EXTENSION.renegotiationInfo, Uint8Array.of(0)],
    [EXTENSION.connectionId, vector(1)],
    ...serverNameExtension(serverName),
  ]);
  return { version: DTLS_1_2, ...fields, suites: SUITES.map(({ id }) => id), extensions };
}

function serverNameExtension(serverName: string): readonly (readonly [number, Uint8Array])[] {
  if (isIP(serverName) !== 0) return [];
  const hostName = joined(uint(0, 1), vector(2, new TextEncoder().encode(serverName)));
  return [[EXTENSION.serverName, vector(2, hostName)]];
}

/**
 * Checks a ServerHello against the offer.
 * @throws StationError `dtls.protocol`, `dtls.parameters`, `dtls.no-extended-master-secret`
 */
export function readAgreement(body: Uint8Array, offer: ClientHello): Agreement {
  const hello = parseServerHello(body);
  const suite = offer.suites.includes(hello.suite) ? suiteOf(hello.suite) : undefined;
  if (suite === undefined) throw illegal("the server chose a cipher suite that was not offered", hello.suite);
  checkExtensions(hello.extensions, offer.extensions);
  const peerConnectionId = readConnectionId(hello.extensions, (bytes) => new ByteReader(bytes, "connection id"));
  return {
    suite,
    serverRandom: hello.random,
    sessionId: hello.sessionId,
    peerConnectionId: peerConnectionId ?? new Uint8Array(0),
  };
}

function checkExtensions(found: Extensions, offered: Extensions): void {
  for (const number of found.keys())
    if (!offered.has(number))
      throw new StationError("dtls.protocol", "the server answered an extension that was not offered", {
        extension: number,
        alert: "unsupported_extension",
      });
  const renegotiation = found.get(EXTENSION.renegotiationInfo);
  if (renegotiation !== undefined && !sameBytes(renegotiation, Uint8Array.of(0)))
    throw new StationError("dtls.protocol", "the server takes a first handshake for a renegotiation", {
      alert: "handshake_failure",
    });
  if (!found.has(EXTENSION.extendedMasterSecret))
    throw new StationError("dtls.no-extended-master-secret", "the server lacks the extended master secret");
}
