import type { KeyObject } from "node:crypto";
import type { Instant } from "../../core/clock.ts";
import { StationError } from "../../core/error.ts";
import type { CertificateAnchor } from "./anchors.ts";
import { fingerprintOf, readCertificate } from "./certificate.ts";
import { findPath } from "./certificate-path.ts";
import { checkHostName, checkLeaf } from "./certificate-rules.ts";

/** A server certificate that passed. */
export type CheckedServer = {
  readonly leaf: { readonly key: KeyObject; readonly fingerprint: string };
  /** When the first certificate of its path expires. */
  readonly until: Instant;
};

/** What a chain is checked against. */
export type ServerExpectation = {
  readonly anchors: readonly CertificateAnchor[];
  readonly serverName: string;
  readonly now: Instant;
};

/**
 * Checks a server's certificates: a path to an anchor, the leaf's own rules, the host name; each way to fail has its code.
 * @param chain DER, leaf first
 * @throws StationError `dtls.certificate-…`
 */
export function checkServerCertificate(chain: readonly Uint8Array[], expected: ServerExpectation): CheckedServer {
  const [leaf, ...others] = chain.map(readCertificate);
  if (leaf === undefined) throw new StationError("dtls.certificate-missing", "the server sent no certificate");
  const path = findPath([leaf, ...others], expected.anchors, expected.now);
  checkLeaf(leaf);
  checkHostName(leaf, expected.serverName);
  if (leaf.publicKey === undefined)
    throw new StationError("dtls.certificate-weak-key", "the server's key is of an unknown kind");
  const until = Math.min(...path.map(({ to }) => to));
  return { leaf: { key: leaf.publicKey, fingerprint: fingerprintOf(leaf) }, until };
}
