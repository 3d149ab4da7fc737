import type { Database } from "better-sqlite3";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import type { CertificateBook, CertificateRow, SerialOrder, SignedCertificate } from "./certificate-book.ts";
import type { Ledger } from "./ledger.ts";

/** What the book works with: its writes are transactions of the store. */
export type CertificateBookParts = {
  readonly db: Database;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Runs work within the next transaction; resolves when its commit is on the disk. */
  readonly write: (work: () => void) => Promise<void>;
  readonly read: <T>(work: () => T) => T;
};

/** Numbers and certificates in table `issued_certificate`, each told in the chain in the same transaction. */
export class SqliteCertificateBook implements CertificateBook {
  readonly #parts: CertificateBookParts;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(parts: CertificateBookParts) {
    this.#parts = parts;
    this.#statements = prepare(parts.db);
  }

  allot(order: SerialOrder): Promise<void> {
    const { authority, serial, csrSha256, uuid, run } = order;
    const at = isoTime(this.#parts.clock.now());
    return this.#parts.write(() => {
      if (this.#statements.one.get(authority, serial) !== undefined)
        throw new StationError("audit.serial-used", "the serial number was allotted before", { authority, serial });
      if (run !== undefined && this.#statements.hasRun.get(run) === undefined)
        throw new StationError("audit.unknown", "there is no such run", { run });
      this.#statements.allot.run(authority, serial, uuid ?? null, run ?? null, csrSha256, at);
      this.#parts.ledger.note({ type: "certificate.allotted", at, ...order });
    });
  }

  record(certificate: SignedCertificate): Promise<void> {
    const { authority, serial, sha256, subject, notAfter, pem } = certificate;
    const at = isoTime(this.#parts.clock.now());
    return this.#parts.write(() => {
      const row = this.#statements.one.get(authority, serial);
      if (row === undefined)
        throw new StationError("audit.unknown", "the number was not allotted", { authority, serial });
      if (row.sha256 === sha256) return;
      if (row.sha256 !== null)
        throw new StationError("audit.conflict", "another certificate has this number", { authority, serial });
      this.#statements.record.run(sha256, subject, notAfter, pem, authority, serial);
      this.#parts.ledger.note({ type: "certificate.recorded", at, ...certificate });
    });
  }

  find({ authority, csrSha256, uuid, run }: Omit<SerialOrder, "serial">): SignedCertificate | undefined {
    return this.#parts.read(() => this.#statements.find.get(authority, csrSha256, uuid ?? null, run ?? null));
  }

  ofUnit(uuid: DeviceUuid): readonly CertificateRow[] {
    return this.#parts.read(() => this.#statements.ofUnit.all(uuid).map(certificateRow));
  }
}

/** A row of table `issued_certificate` with the names of {@link CertificateRow}. */
export type CertificateCells = { readonly [Name in keyof Required<CertificateRow>]: string | null };

/** The columns of {@link CertificateCells} for SELECT. */
export const CERTIFICATE_COLUMNS = `authority, serial, csr_sha256 AS csrSha256, uuid, run, allotted_at AS allottedAt,
 sha256, subject, not_after AS notAfter, pem`;

/** The row without what it does not have. */
export function certificateRow(cells: CertificateCells): CertificateRow {
  return Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== null)) as CertificateRow;
}

/** Whether the database has the table: one that an older station wrote has none. */
export function hasBook(db: Database): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'issued_certificate'").get() !== undefined;
}

function prepare(db: Database) {
  return {
    hasRun: db.prepare<[string]>("SELECT 1 FROM run WHERE id = ?"),
    one: db.prepare<[string, string], { readonly sha256: string | null }>(
      "SELECT sha256 FROM issued_certificate WHERE authority = ? AND serial = ?",
    ),
    allot: db.prepare<(string | null)[]>(
      "INSERT INTO issued_certificate (authority, serial, uuid, run, csr_sha256, allotted_at) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    record: db.prepare<string[]>(
      "UPDATE issued_certificate SET sha256 = ?, subject = ?, not_after = ?, pem = ? WHERE authority = ? AND serial = ?",
    ),
    find: db.prepare<(string | null)[], SignedCertificate>(
      `SELECT authority, serial, sha256, subject, not_after AS notAfter, pem FROM issued_certificate
       WHERE authority = ? AND csr_sha256 = ? AND uuid IS ? AND run IS ? AND sha256 IS NOT NULL
       ORDER BY allotted_at DESC LIMIT 1`,
    ),
    ofUnit: db.prepare<[string], CertificateCells>(
      `SELECT ${CERTIFICATE_COLUMNS} FROM issued_certificate WHERE uuid = ? ORDER BY allotted_at`,
    ),
  };
}
