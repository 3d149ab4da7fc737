import type { CertificateRow } from "./certificate-book.ts";
import { openForReading } from "./database-file.ts";
import { CERTIFICATE_COLUMNS, certificateRow, hasBook, type CertificateCells } from "./sqlite-certificate-book.ts";
import { auditError } from "./sqlite-error.ts";

/**
 * The numbers and certificates that CAs of one's own have given out, oldest first, read beside a writer.
 * @throws StationError audit.missing, audit.corrupt, audit.foreign, audit.newer
 */
export function readCertificates(file: string): readonly CertificateRow[] {
  const { db, close } = openForReading(file);
  try {
    if (!hasBook(db)) return [];
    const rows = db.prepare<[], CertificateCells>(
      `SELECT ${CERTIFICATE_COLUMNS} FROM issued_certificate ORDER BY allotted_at, serial`,
    );
    return rows.all().map(certificateRow);
  } catch (error) {
    throw auditError(error, "the database cannot be read", { file });
  } finally {
    close();
  }
}
