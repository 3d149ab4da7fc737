import type { KeyObject } from "node:crypto";
import { StationError } from "../../core/error.ts";
import { illegal } from "../alert.ts";
import { ByteReader, joined, uint, vector } from "../bytes.ts";
import { groupOf, type Group } from "./groups.ts";
import { ecdsaSchemeOf, isSignedBy, signWith, type SignatureScheme } from "./signature-schemes.ts";

/** ServerKeyExchange (RFC 8422 section 5.4): curve and point, and the signature over both randoms and them. */
export type ServerKeyExchange = {
  readonly group: Group;
  readonly point: Uint8Array;
  /** The bytes that are signed behind the randoms. */
  readonly parameters: Uint8Array;
  readonly scheme: SignatureScheme;
  readonly signature: Uint8Array;
};

/** Both sides' randoms, 32 bytes each. */
export type Randoms = { readonly client: Uint8Array; readonly server: Uint8Array };

const NAMED_CURVE = 3;

/** Reads a ServerKeyExchange. @throws StationError `dtls.protocol`; a curve or algorithm that was not offered is one too */
export function parseServerKeyExchange(bytes: Uint8Array): ServerKeyExchange {
  const reader = new ByteReader(bytes, "ServerKeyExchange");
  const kind = reader.uint(1);
  if (kind !== NAMED_CURVE) throw illegal("the server's curve is not a named one", kind);
  const groupId = reader.uint(2);
  const group = groupOf(groupId);
  if (group === undefined) throw illegal("the server chose a curve that was not offered", groupId);
  const point = Uint8Array.from(reader.vector(1, 1, 255));
  const parameters = Uint8Array.from(bytes.subarray(0, reader.position));
  const schemeId = reader.uint(2);
  const scheme = ecdsaSchemeOf(schemeId);
  if (scheme === undefined) throw illegal("the server signed with an algorithm that was not offered", schemeId);
  const signature = Uint8Array.from(reader.vector(2, 0, 65_535));
  reader.end();
  return { group, point, parameters, scheme, signature };
}

/** A signed ServerKeyExchange's bytes. */
export function makeServerKeyExchange(
  group: Group,
  point: Uint8Array,
  randoms: Randoms,
  signer: { readonly scheme: SignatureScheme; readonly key: KeyObject },
): Uint8Array {
  const parameters = joined(Uint8Array.of(NAMED_CURVE), uint(group.id, 2), vector(1, point));
  const signature = signWith(signer.scheme, signer.key, joined(randoms.client, randoms.server, parameters));
  return joined(parameters, uint(signer.scheme.id, 2), vector(2, signature));
}

/**
 * Checks that the exchange was signed for this very handshake by the key of the server's certificate.
 * @throws StationError `dtls.key-proof`
 */
export function checkKeyProof(exchange: ServerKeyExchange, randoms: Randoms, leafKey: KeyObject): void {
  const signed = joined(randoms.client, randoms.server, exchange.parameters);
  if (!isSignedBy(exchange.scheme, leafKey, signed, exchange.signature))
    throw new StationError("dtls.key-proof", "the key exchange is not signed with the certificate's key");
}

/** A ClientKeyExchange's bytes (RFC 8422 section 5.7). */
export function encodeClientKeyExchange(point: Uint8Array): Uint8Array {
  return vector(1, point);
}

/** The point of a ClientKeyExchange. @throws StationError `dtls.protocol` */
export function parseClientKeyExchange(bytes: Uint8Array): Uint8Array {
  const reader = new ByteReader(bytes, "ClientKeyExchange");
  const point = Uint8Array.from(reader.vector(1, 1, 255));
  reader.end();
  return point;
}
