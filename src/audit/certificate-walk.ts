import type { Database } from "better-sqlite3";
import type { Misfit } from "../contract/history.ts";
import type { StationEvent } from "../contract/station-event.ts";
import { CERTIFICATE_COLUMNS, hasBook, type CertificateCells } from "./sqlite-certificate-book.ts";

type Allotted = Extract<StationEvent, { type: "certificate.allotted" }>;
type Recorded = Extract<StationEvent, { type: "certificate.recorded" }>;

/** What the walk reads of table `issued_certificate`. */
export type CertificateRows = {
  readonly row: (authority: string, serial: string) => CertificateCells | undefined;
  /** How many rows there are, and how many of them have a certificate. */
  readonly count: () => { readonly rows: number; readonly certificates: number };
};

/** Compares table `issued_certificate` with the events that tell of its numbers and certificates. */
export class CertificateWalk {
  readonly #rows: CertificateRows;
  #allotted = 0;
  #recorded = 0;

  constructor(rows: CertificateRows) {
    this.#rows = rows;
  }

  /** An event that tells of a number or certificate; what does not fit, if anything. */
  take(event: Allotted | Recorded): Misfit | undefined {
    const { authority, serial } = event;
    const row = this.#rows.row(authority, serial);
    const wrong = (what: string): Misfit => ({ table: "issued_certificate", row: serial, what });
    if (row === undefined) return wrong("the row is missing");
    if (event.type === "certificate.allotted") {
      this.#allotted += 1;
      const told = [event.csrSha256, event.uuid ?? null, event.run ?? null, event.at];
      const found = [row.csrSha256, row.uuid, row.run, row.allottedAt];
      return told.join() === found.join() ? undefined : wrong("its order is not what its event tells");
    }
    this.#recorded += 1;
    const told = [event.sha256, event.subject, event.notAfter, event.pem];
    const found = [row.sha256, row.subject, row.notAfter, row.pem];
    return told.join("\n") === found.join("\n") ? undefined : wrong("its certificate is not what its event tells");
  }

  /** What is left after the last event: each number is told of once, each certificate too. */
  end(): Misfit | undefined {
    const { rows, certificates } = this.#rows.count();
    const wrong = (what: string): Misfit => ({ table: "issued_certificate", row: "", what });
    if (rows > this.#allotted) return wrong("there are numbers that no event tells of");
    if (rows < this.#allotted) return wrong("a number was allotted twice");
    if (certificates !== this.#recorded) return wrong("there are certificates that no event tells of");
    return undefined;
  }
}

/** The walk over a database's table; a database from before there were CAs of one's own has none. */
export function certificateWalk(db: Database): CertificateWalk {
  if (!hasBook(db)) return new CertificateWalk({ row: () => undefined, count: () => ({ rows: 0, certificates: 0 }) });
  const row = db.prepare<[string, string], CertificateCells>(
    `SELECT ${CERTIFICATE_COLUMNS} FROM issued_certificate WHERE authority = ? AND serial = ?`,
  );
  const count = db.prepare<[], { readonly rows: number; readonly certificates: number }>(
    "SELECT count(*) AS rows, count(sha256) AS certificates FROM issued_certificate",
  );
  return new CertificateWalk({
    row: (authority, serial) => row.get(authority, serial),
    count: () => count.get() ?? { rows: 0, certificates: 0 },
  });
}
