import type { Instant } from "../../core/clock.ts";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { sameBytes } from "../bytes.ts";
import type { CertificateAnchor } from "./anchors.ts";
import { shownName, type Certificate } from "./certificate.ts";
import { checkAnyCertificate, checkIssuer, refusal } from "./certificate-rules.ts";

/** Signatures that one search may check: a real chain needs fewer than ten, a hostile one could ask for thousands. */
const MOST_SIGNATURES = 64;
const MOST_INTERMEDIATES = 6;

type Search = {
  readonly anchors: readonly CertificateAnchor[];
  readonly sent: readonly Certificate[];
  readonly now: Instant;
  signatures: number;
  /** Why candidates were refused. */
  readonly refusals: StationError[];
};

/**
 * The path from the leaf to an anchor, leaf first, anchor last; an anchor that is itself the leaf is a path of one. Depth first
 * over what the server sent and the anchors, each step checked (RFC 5280 section 6.1 without policies and name constraints,
 * which count as unknown when critical).
 * @param sent as the server sent it, leaf first
 * @throws StationError `dtls.certificate-…`
 */
export function findPath(
  sent: readonly [Certificate, ...Certificate[]],
  anchors: readonly CertificateAnchor[],
  now: Instant,
): readonly Certificate[] {
  const [leaf] = sent;
  const search: Search = { anchors, sent: sent.slice(1), now, signatures: 0, refusals: [] };
  const path = anchors.some((anchor) => isSame(anchor, leaf)) ? [leaf] : pathFrom([leaf], search);
  if (path === undefined) throw mostTelling(search.refusals) ?? noPath(sent, anchors);
  checkAnyCertificate(leaf, now, path.length === 1);
  return path;
}

/** @param below the path so far; its last certificate's issuer is looked for */
function pathFrom(below: readonly [Certificate, ...Certificate[]], search: Search): readonly Certificate[] | undefined {
  const current = below.at(-1) ?? below[0];
  if (below.length - 1 > MOST_INTERMEDIATES) return undefined;
  const candidates = [
    ...search.anchors.map((certificate) => ({ certificate, isAnchor: true })),
    ...search.sent.map((certificate) => ({ certificate, isAnchor: false })),
  ].filter(
    ({ certificate }) => certificate.subject === current.issuer && !below.some((one) => isSame(one, certificate)),
  );
  for (const { certificate, isAnchor } of candidates) {
    if (!mayIssue(certificate, isAnchor, current, below.length - 1, search)) continue;
    if (isAnchor) return [...below, certificate];
    const path = pathFrom([...below, certificate], search);
    if (path !== undefined) return path;
  }
  return undefined;
}

function mayIssue(
  issuer: Certificate,
  isAnchor: boolean,
  subject: Certificate,
  intermediates: number,
  search: Search,
): boolean {
  try {
    checkSignature(issuer, subject, search);
    checkIssuer(issuer, intermediates, isAnchor);
    checkAnyCertificate(issuer, search.now, isAnchor);
    if (!subject.x509.checkIssued(issuer.x509)) throw wrongCa(issuer, subject);
    return true;
  } catch (error) {
    if (!(error instanceof StationError) || error.code === "dtls.certificate-chain-too-long") throw error;
    search.refusals.push(error);
    return false;
  }
}

function checkSignature(issuer: Certificate, subject: Certificate, search: Search): void {
  if (++search.signatures > MOST_SIGNATURES)
    throw refusal("dtls.certificate-chain-too-long", "too many certificates could have issued one another", subject, {
      limit: quantity(MOST_SIGNATURES, "items"),
    });
  if (!isIssuedWith(issuer, subject)) throw wrongCa(issuer, subject);
}

function isIssuedWith(issuer: Certificate, subject: Certificate): boolean {
  try {
    return issuer.publicKey !== undefined && subject.x509.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function wrongCa(issuer: Certificate, subject: Certificate): StationError {
  return refusal("dtls.certificate-wrong-ca", "a certificate is not signed by the CA that it names", subject, {
    issuer: shownName(issuer.subject),
  });
}

/** A broken rule tells more than a signature that does not fit, as that may be of a namesake. */
function mostTelling(refusals: readonly StationError[]): StationError | undefined {
  return refusals.find(({ code }) => code !== "dtls.certificate-wrong-ca") ?? refusals[0];
}

/** Nothing that was there could have issued the last certificate. */
function noPath(sent: readonly [Certificate, ...Certificate[]], anchors: readonly CertificateAnchor[]): StationError {
  const [leaf] = sent;
  const facts = {
    issuer: shownName(leaf.issuer),
    trusted: anchors.map(({ subject }) => shownName(subject)).join("; "),
  };
  if (leaf.subject === leaf.issuer && isIssuedWith(leaf, leaf))
    return refusal("dtls.certificate-self-signed", "the server's certificate is its own issuer", leaf);
  if (sent.length === 1)
    return refusal(
      "dtls.certificate-incomplete",
      "the server's certificate came alone, its issuer is not trusted",
      leaf,
      facts,
    );
  return refusal(
    "dtls.certificate-untrusted",
    "no path leads from the server's certificate to a trusted one",
    leaf,
    facts,
  );
}

function isSame(one: Certificate, other: Certificate): boolean {
  return sameBytes(one.der, other.der);
}
