import { StationError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";

/** Alerts by name (RFC 5246 section 7.2, IANA). */
export const ALERTS = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  record_overflow: 22,
  handshake_failure: 40,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_canceled: 90,
  no_renegotiation: 100,
  unsupported_extension: 110,
  unrecognized_name: 112,
  bad_certificate_status_response: 113,
  unknown_psk_identity: 115,
  certificate_required: 116,
  no_application_protocol: 120,
} as const;

/** The name of an alert. */
export type AlertName = keyof typeof ALERTS;

/** An alert as it lies in a record. */
export type Alert = { readonly fatal: boolean; readonly description: number };

const WARNING = 1;
const FATAL = 2;

/** An alert's two bytes. */
export function encodeAlert(name: AlertName, level: "warning" | "fatal"): Uint8Array {
  return Uint8Array.of(level === "fatal" ? FATAL : WARNING, ALERTS[name]);
}

/** The alert in a record, or undefined when there is none. */
export function parseAlert(bytes: Uint8Array): Alert | undefined {
  const [level, description] = bytes;
  if (bytes.length !== 2 || description === undefined || (level !== WARNING && level !== FATAL)) return undefined;
  return { fatal: level === FATAL, description };
}

/** The name of an alert's number, or `alert <number>`. */
export function alertName(description: number): string {
  return Object.entries(ALERTS).find(([, number]) => number === description)?.[0] ?? `alert ${description}`;
}

const BY_CODE: Partial<Record<ErrorCode, AlertName>> = {
  "dtls.parameters": "handshake_failure",
  "dtls.no-extended-master-secret": "handshake_failure",
  "dtls.protocol": "illegal_parameter",
  "dtls.key-proof": "decrypt_error",
  "dtls.finished": "decrypt_error",
  "dtls.handshake-timeout": "user_canceled",
  "dtls.certificate-untrusted": "unknown_ca",
  "dtls.certificate-wrong-ca": "unknown_ca",
  "dtls.certificate-incomplete": "unknown_ca",
  "dtls.certificate-self-signed": "unknown_ca",
  "dtls.certificate-expired": "certificate_expired",
  "dtls.certificate-not-yet-valid": "certificate_expired",
  "dtls.certificate-purpose": "unsupported_certificate",
  "dtls.certificate-key-usage": "unsupported_certificate",
  "dtls.certificate-critical-extension": "unsupported_certificate",
  "dtls.certificate-weak-key": "unsupported_certificate",
};

/** The alert that tells the peer why it was refused: named among the facts, else by code. */
export function alertFor(error: StationError): AlertName {
  const named = error.facts["alert"];
  if (typeof named === "string" && isAlertName(named)) return named;
  if (error.code.startsWith("dtls.certificate")) return BY_CODE[error.code] ?? "bad_certificate";
  return BY_CODE[error.code] ?? "internal_error";
}

function isAlertName(text: string): text is AlertName {
  return Object.hasOwn(ALERTS, text);
}

/** The error of a message that the handshake does not allow where it came. */
export function unexpected(message: string, state: string): StationError {
  return new StationError("dtls.protocol", "a handshake message came where none of its kind may", {
    message,
    state,
    alert: "unexpected_message",
  });
}

/** The error of a value that was not offered or makes no sense. */
export function illegal(what: string, value: string | number): StationError {
  return new StationError("dtls.protocol", what, { value, alert: "illegal_parameter" });
}
