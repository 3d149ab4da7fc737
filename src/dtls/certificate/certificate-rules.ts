import { isIP } from "node:net";
import type { Instant } from "../../core/clock.ts";
import { StationError } from "../../core/error.ts";
import type { ErrorCode } from "../../core/error-codes.ts";
import type { Facts } from "../../core/fact.ts";
import { isoTime } from "../../core/iso-time.ts";
import { shownName, type Certificate } from "./certificate.ts";

/** ECDSA and RSA with SHA-256 and better, those that the client offers; SHA-1 and MD5 are not among them. */
const STRONG_SIGNATURES = new Set([
  ...["1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4"],
  ...["1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13", "1.2.840.113549.1.1.10"],
]);
const CURVES = new Set(["prime256v1", "secp384r1", "secp521r1"]);
/** The curves whose keys can sign a handshake, as the client offers them. */
const LEAF_CURVES = new Set(["prime256v1", "secp384r1"]);
const LEAST_RSA_BITS = 2048;
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
const ANY_PURPOSE = "2.5.29.37.0";

/** The error of a certificate that breaks a rule. */
export function refusal(code: ErrorCode, what: string, certificate: Certificate, facts: Facts = {}): StationError {
  return new StationError(code, what, { certificate: shownName(certificate.subject), ...facts });
}

/**
 * What every certificate of the path must keep to: dates, no critical extension that is not processed, strong signature and key.
 * An anchor's own signature proves nothing and is not looked at.
 * @throws StationError `dtls.certificate-…`
 */
export function checkAnyCertificate(certificate: Certificate, now: Instant, isAnchor: boolean): void {
  const { facts, from, to } = certificate;
  if (now < from)
    throw refusal("dtls.certificate-not-yet-valid", "a certificate is not valid yet", certificate, {
      validFrom: isoTime(from),
      now: isoTime(now),
    });
  if (now > to)
    throw refusal("dtls.certificate-expired", "a certificate has expired", certificate, {
      validTo: isoTime(to),
      now: isoTime(now),
    });
  if (facts.unknownCritical !== undefined)
    throw refusal("dtls.certificate-critical-extension", "a critical extension is not known", certificate, {
      extension: facts.unknownCritical,
    });
  if (!isAnchor && !STRONG_SIGNATURES.has(facts.signatureAlgorithm))
    throw refusal("dtls.certificate-weak-signature", "a certificate's signature is weak", certificate, {
      algorithm: facts.signatureAlgorithm,
    });
  checkKey(certificate, CURVES, true);
}

/**
 * What a CA's certificate must keep to (RFC 5280 section 6.1.4).
 * @param below how many CAs stand between it and the leaf
 * @throws StationError `dtls.certificate-…`
 */
export function checkIssuer(issuer: Certificate, below: number, isAnchor: boolean): void {
  const { version, isCa, keyUsage, pathLength, purposes } = issuer.facts;
  if (version !== 3 && !isAnchor) throw refusal("dtls.certificate-version", "a CA's certificate is too old", issuer);
  if (!isCa) throw refusal("dtls.certificate-issuer-not-ca", "a certificate was issued by one that is no CA", issuer);
  if (keyUsage?.keyCertSign === false)
    throw refusal("dtls.certificate-issuer-usage", "a CA's certificate lacks keyCertSign", issuer);
  if (pathLength !== undefined && below > pathLength)
    throw refusal("dtls.certificate-path-length", "a CA allows fewer CAs below it", issuer, {
      allowed: pathLength,
      found: below,
    });
  const serves = purposes?.some((purpose) => purpose === SERVER_AUTHENTICATION || purpose === ANY_PURPOSE) ?? true;
  if (!serves && !isAnchor)
    throw refusal("dtls.certificate-purpose", "a CA's certificate is not for issuing to servers", issuer);
}

/**
 * What the server's own certificate must keep to: version 3, a key that may sign handshakes, meant for servers.
 * @throws StationError `dtls.certificate-…`
 */
export function checkLeaf(leaf: Certificate): void {
  const { version, keyUsage, purposes } = leaf.facts;
  if (version !== 3)
    throw refusal("dtls.certificate-version", "the server's certificate is too old", leaf, { version });
  checkKey(leaf, LEAF_CURVES, false);
  if (keyUsage?.digitalSignature === false)
    throw refusal("dtls.certificate-key-usage", "the server's certificate lacks digitalSignature", leaf);
  if (purposes?.includes(SERVER_AUTHENTICATION) === false)
    throw refusal("dtls.certificate-purpose", "the server's certificate lacks serverAuth", leaf);
}

/**
 * Whether the certificate is for this name or address: subject alternative names alone count, never the common name
 * (RFC 6125 section 6.4.4).
 * @throws StationError `dtls.certificate-host`
 */
export function checkHostName(leaf: Certificate, serverName: string): void {
  const found =
    isIP(serverName) === 0
      ? leaf.x509.checkHost(serverName, { subject: "never", partialWildcards: false })
      : leaf.x509.checkIP(serverName);
  if (found !== undefined) return;
  throw refusal("dtls.certificate-host", "the server's certificate is for another host", leaf, {
    host: serverName,
    names: shownName(leaf.x509.subjectAltName ?? ""),
  });
}

function checkKey(certificate: Certificate, curves: ReadonlySet<string>, rsaAllowed: boolean): void {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details = {} } = certificate.publicKey ?? {};
  const { namedCurve = "", modulusLength = 0 } = details;
  if (type === "ec" && curves.has(namedCurve)) return;
  if (rsaAllowed && (type === "rsa" || type === "rsa-pss") && modulusLength >= LEAST_RSA_BITS) return;
  throw refusal("dtls.certificate-weak-key", "a certificate's key is weak or of the wrong kind", certificate, {
    kind: type,
    ...(type === "ec" ? { curve: namedCurve } : { bits: modulusLength }),
  });
}
