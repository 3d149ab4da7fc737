import type { Migration } from "./migration.ts";

/**
 * What the owner's side must never do twice: give a row of a value file to two units, and give a serial number to two
 * certificates. Rows are taken in the transaction of the event that tells of it.
 */
export const ownerSide: Migration = {
  version: 2,
  sql: `
-- A row of a recipe's value file that a unit has taken. source: the product of the recipe and the file's path below its folder.
CREATE TABLE unit_value (
  source TEXT NOT NULL,
  row_key TEXT NOT NULL,
  row_sha256 TEXT NOT NULL CHECK (length(row_sha256) = 64),
  uuid TEXT NOT NULL,
  run TEXT NOT NULL REFERENCES run (id),
  at TEXT NOT NULL,
  PRIMARY KEY (source, row_key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX unit_value_by_unit ON unit_value (source, uuid);

-- A serial number of a local CA: allotted before anything is signed with it; the certificate follows once it exists.
-- authority: SHA-256 of the CA certificate's DER; serial: hexadecimal digits, lower case.
CREATE TABLE issued_certificate (
  authority TEXT NOT NULL CHECK (length(authority) = 64),
  serial TEXT NOT NULL,
  uuid TEXT,
  run TEXT REFERENCES run (id),
  csr_sha256 TEXT NOT NULL CHECK (length(csr_sha256) = 64),
  allotted_at TEXT NOT NULL,
  sha256 TEXT CHECK (length(sha256) = 64),
  subject TEXT,
  not_after TEXT,
  pem TEXT,
  PRIMARY KEY (authority, serial),
  CHECK ((sha256 IS NULL) = (pem IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX issued_certificate_by_unit ON issued_certificate (uuid) WHERE uuid IS NOT NULL;

CREATE TRIGGER unit_value_kept BEFORE UPDATE ON unit_value
WHEN OLD.source <> NEW.source OR OLD.row_key <> NEW.row_key OR OLD.uuid <> NEW.uuid OR OLD.row_sha256 <> NEW.row_sha256
BEGIN SELECT RAISE(ABORT, 'a used row of a value file stays with its unit'); END;
CREATE TRIGGER unit_value_not_deleted BEFORE DELETE ON unit_value
BEGIN SELECT RAISE(ABORT, 'rows of table unit_value cannot be deleted'); END;
CREATE TRIGGER issued_certificate_kept BEFORE UPDATE ON issued_certificate
WHEN OLD.sha256 IS NOT NULL OR OLD.authority <> NEW.authority OR OLD.serial <> NEW.serial OR OLD.csr_sha256 <> NEW.csr_sha256
BEGIN SELECT RAISE(ABORT, 'an issued certificate cannot be changed'); END;
CREATE TRIGGER issued_certificate_not_deleted BEFORE DELETE ON issued_certificate
BEGIN SELECT RAISE(ABORT, 'rows of table issued_certificate cannot be deleted'); END;
`,
};
