import { StationError } from "../../core/error.ts";
import { ByteReader, vector } from "../bytes.ts";
import { DTLS_1_2 } from "../record/record.ts";
import { SUITES, type Suite } from "../suite.ts";
import { EXTENSION, readConnectionId, readNumbers, type Extensions } from "./extensions.ts";
import { GROUPS, type Group } from "./groups.ts";
import { wrongVersion, type ClientHello } from "./hellos.ts";
import { chooseScheme, type SignatureScheme } from "./signature-schemes.ts";

/** What a server takes out of a client's offer. */
export type Choice = {
  readonly suites: readonly Suite[];
  readonly group: Group;
  readonly scheme: SignatureScheme;
  /** What the client wants in records to it; undefined when it does not speak of connection ids (RFC 9146). */
  readonly peerConnectionId: Uint8Array | undefined;
  /** What the ServerHello answers, but for the connection id. */
  readonly extensions: Extensions;
};

const RENEGOTIATION_SIGNAL = 0x00ff;
const UNCOMPRESSED_POINTS = Uint8Array.of(0);

/**
 * Chooses; the server's order counts.
 * @param curve of the server's own key
 * @throws StationError `dtls.parameters`, `dtls.no-extended-master-secret`, `dtls.protocol`
 */
export function chooseFrom(hello: ClientHello, curve: Group["curve"]): Choice {
  if (hello.version > DTLS_1_2) throw wrongVersion(hello.version); // versions count downwards
  if (!hello.extensions.has(EXTENSION.extendedMasterSecret))
    throw new StationError("dtls.no-extended-master-secret", "the client lacks the extended master secret");
  const suites = SUITES.filter(({ id }) => hello.suites.includes(id));
  const groups = offered(hello.extensions, EXTENSION.supportedGroups) ?? [23];
  const group = GROUPS.find(({ id }) => groups.includes(id));
  const own = GROUPS.find((candidate) => candidate.curve === curve);
  const scheme = chooseScheme(offered(hello.extensions, EXTENSION.signatureSchemes) ?? [], curve);
  if (suites.length === 0) throw nothingShared("cipher suite");
  if (group === undefined || own === undefined || !groups.includes(own.id)) throw nothingShared("curve");
  if (scheme === undefined) throw nothingShared("signature algorithm");
  const peerConnectionId = readConnectionId(hello.extensions, (bytes) => new ByteReader(bytes, "connection id"));
  return { suites, group, scheme, peerConnectionId, extensions: answers(hello) };
}

function answers(hello: ClientHello): Extensions {
  const found = new Map([[EXTENSION.extendedMasterSecret, new Uint8Array(0)] as [number, Uint8Array]]);
  const renegotiation = hello.extensions.get(EXTENSION.renegotiationInfo);
  if (renegotiation !== undefined && (renegotiation.length !== 1 || renegotiation[0] !== 0))
    throw new StationError("dtls.protocol", "a first hello that claims to renegotiate", { alert: "handshake_failure" });
  // RFC 5746 section 3.6
  if (renegotiation !== undefined || hello.suites.includes(RENEGOTIATION_SIGNAL))
    found.set(EXTENSION.renegotiationInfo, Uint8Array.of(0));
  if (hello.extensions.has(EXTENSION.pointFormats)) found.set(EXTENSION.pointFormats, vector(1, UNCOMPRESSED_POINTS));
  return found;
}

function offered(extensions: Extensions, number: number): readonly number[] | undefined {
  const content = extensions.get(number);
  return content === undefined ? undefined : readNumbers(new ByteReader(content, "ClientHello"));
}

function nothingShared(what: string): StationError {
  return new StationError("dtls.parameters", "client and server share nothing", { what, alert: "handshake_failure" });
}
