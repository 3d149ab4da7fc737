import type { DeviceUuid, RunId } from "../core/ids.ts";

/** What a serial number of a CA is allotted for. */
export type SerialOrder = {
  /** SHA-256 of the CA's certificate, lower-case hex. */
  readonly authority: string;
  /** Lower-case hex, from a source of randomness that nobody can guess. */
  readonly serial: string;
  /** SHA-256 of the request that is to be signed. */
  readonly csrSha256: string;
  readonly uuid?: DeviceUuid;
  readonly run?: RunId;
};

/** A certificate that was signed under an allotted number. */
export type SignedCertificate = {
  readonly authority: string;
  readonly serial: string;
  readonly sha256: string;
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  readonly pem: string;
};

/** A row of the book: a number without a certificate was allotted and will never be used. */
export type CertificateRow = SerialOrder & { readonly allottedAt: string } & Partial<
    Omit<SignedCertificate, "authority" | "serial">
  >;

/** The certificates that CAs of one's own have given out; part of the audit store. Promises as of `AuditStore`. */
export interface CertificateBook {
  /**
   * Allots a serial number, before anything is signed with it: it belongs to this order from then on, whatever becomes of it.
   * @throws StationError audit.serial-used when the CA has used it before; audit.unknown when there is no such run
   */
  allot(order: SerialOrder): Promise<void>;
  /** Records the certificate of an allotted number; a repeat is harmless. @throws StationError audit.unknown, audit.conflict */
  record(certificate: SignedCertificate): Promise<void>;
  /** The newest certificate that was given out for the same request, unit and run. */
  find(order: Omit<SerialOrder, "serial">): SignedCertificate | undefined;
  /** All numbers that were allotted for a unit, oldest first. */
  ofUnit(uuid: DeviceUuid): readonly CertificateRow[];
}
