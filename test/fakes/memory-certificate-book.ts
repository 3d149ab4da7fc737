import type {
  CertificateBook,
  CertificateRow,
  SerialOrder,
  SignedCertificate,
} from "../../src/audit/certificate-book.ts";
import { StationError } from "../../src/core/error.ts";
import type { DeviceUuid, RunId } from "../../src/core/ids.ts";

/** What the book needs of its store. */
type Surroundings = { readonly check: () => void; readonly hasRun: (run: RunId) => boolean };

/** A certificate book without a disk; part of the audit store's fake. */
export class MemoryCertificateBook implements CertificateBook {
  readonly #store: Surroundings;
  readonly #rows = new Map<string, CertificateRow>();

  constructor(store: Surroundings) {
    this.#store = store;
  }

  /** Every number, in the order in which they were allotted. */
  get rows(): readonly CertificateRow[] {
    return [...this.#rows.values()];
  }

  async allot(order: SerialOrder): Promise<void> {
    this.#store.check();
    const { authority, serial, run } = order;
    if (this.#rows.has(`${authority}/${serial}`))
      throw new StationError("audit.serial-used", "the serial number was allotted before", { authority, serial });
    if (run !== undefined && !this.#store.hasRun(run))
      throw new StationError("audit.unknown", "there is no such run", { run });
    const allottedAt = new Date(Date.UTC(2026, 2, 1) + this.#rows.size).toISOString();
    this.#rows.set(`${authority}/${serial}`, { ...order, allottedAt });
  }

  async record(certificate: SignedCertificate): Promise<void> {
    this.#store.check();
    const { authority, serial, sha256 } = certificate;
    const row = this.#rows.get(`${authority}/${serial}`);
    if (row === undefined)
      throw new StationError("audit.unknown", "the number was not allotted", { authority, serial });
    if (row.sha256 !== undefined && row.sha256 !== sha256)
      throw new StationError("audit.conflict", "another certificate has this number", { authority, serial });
    this.#rows.set(`${authority}/${serial}`, { ...row, ...certificate });
  }

  find(order: Omit<SerialOrder, "serial">): SignedCertificate | undefined {
    this.#store.check();
    const row = this.rows.findLast(
      ({ authority, csrSha256, uuid, run, sha256 }) =>
        sha256 !== undefined &&
        authority === order.authority &&
        csrSha256 === order.csrSha256 &&
        uuid === order.uuid &&
        run === order.run,
    );
    if (row?.sha256 === undefined || row.subject === undefined || row.notAfter === undefined || row.pem === undefined)
      return undefined;
    const { authority, serial, sha256, subject, notAfter, pem } = row;
    return { authority, serial, sha256, subject, notAfter, pem };
  }

  ofUnit(uuid: DeviceUuid): readonly CertificateRow[] {
    this.#store.check();
    return this.rows.filter((row) => row.uuid === uuid);
  }
}
