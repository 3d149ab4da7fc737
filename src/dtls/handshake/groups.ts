import { createECDH } from "node:crypto";
import { StationError } from "../../core/error.ts";

/** An elliptic curve (RFC 8422 section 5.1.1): its number, its name in node:crypto, the bytes of an uncompressed point. */
export type Group = { readonly id: number; readonly curve: "prime256v1" | "secp384r1"; readonly pointLength: number };

/** The curves for ephemeral keys and server certificates, best first. */
export const GROUPS: readonly Group[] = [
  { id: 23, curve: "prime256v1", pointLength: 65 },
  { id: 24, curve: "secp384r1", pointLength: 97 },
];

const UNCOMPRESSED = 4;

/** The curve of a number, or undefined when the station does not speak it. */
export function groupOf(id: number): Group | undefined {
  return GROUPS.find((group) => group.id === id);
}

/** One side's ephemeral key, used once. */
export type KeyShare = {
  /** The public point, uncompressed. */
  readonly point: Uint8Array;
  /** The pre-master secret with the other side's point. @throws StationError `dtls.protocol` when that is no point of the curve */
  readonly agree: (point: Uint8Array) => Uint8Array;
};

/** A fresh ephemeral key on a curve. */
export function makeKeyShare(group: Group): KeyShare {
  const exchange = createECDH(group.curve);
  const point = exchange.generateKeys();
  return {
    point,
    agree(other) {
      if (other.length !== group.pointLength || other[0] !== UNCOMPRESSED) throw badPoint(group);
      try {
        return exchange.computeSecret(other);
      } catch (cause) {
        throw badPoint(group, cause);
      }
    },
  };
}

function badPoint(group: Group, cause?: unknown): StationError {
  const facts = { curve: group.curve, alert: "illegal_parameter" };
  return new StationError("dtls.protocol", "the peer's public key is no point of the curve", facts, { cause });
}
