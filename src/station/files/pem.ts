import { createPrivateKey, X509Certificate } from "node:crypto";
import { StationError } from "../../core/error.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRINTABLE = /^[\t\r\n\x20-\x7e]*$/;

/**
 * Passes when a text is one or more X.509 certificates in PEM form, and nothing that a modem could stumble over.
 * @throws StationError file.certificate
 */
export function checkCertificates(text: string): void {
  if (!PRINTABLE.test(text)) throw new StationError("file.certificate", "holds characters that PEM does not have");
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw new StationError("file.certificate", "holds no certificate in PEM form");
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw new StationError("file.certificate", `certificate ${index + 1} cannot be read`, {}, { cause });
    }
  }
}

/** Whether a text is certificates in PEM form and nothing besides, such as notes or keys. */
export function holdsOnlyCertificates(text: string): boolean {
  return text.trim() !== "" && text.replaceAll(CERTIFICATE, "").trim() === "";
}

/**
 * Passes when a text is a private key in PEM form that its password, where there is one, opens. The error quotes nothing of it.
 * @throws StationError file.key
 */
export function checkPrivateKey(text: string, password: string | undefined): void {
  if (!PRINTABLE.test(text)) throw new StationError("file.key", "holds characters that PEM does not have");
  try {
    createPrivateKey(password === undefined ? text : { key: text, passphrase: password });
  } catch {
    // The cause is left out: messages of cryptographic libraries may quote their input.
    throw new StationError("file.key", "is no private key in PEM form, or its password is missing or wrong");
  }
}

/**
 * Passes when a text is a pre-shared key as AT%CMNG takes it: pairs of hex digits, 1 to 256 bytes.
 * @throws StationError file.psk
 */
export function checkPreSharedKey(text: string): void {
  if (!/^(?:[0-9A-Fa-f]{2}){1,256}$/.test(text.trim()))
    throw new StationError("file.psk", "must be 1 to 256 pairs of hex digits");
}
