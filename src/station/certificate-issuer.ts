import type { CertificateBook, SerialOrder, SignedCertificate } from "../audit/certificate-book.ts";
import type { Authority } from "../contract/authority.ts";
import type { Clock } from "../core/clock.ts";
import { asStationError, StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { DeviceUuid, RandomBytes, RunId } from "../core/ids.ts";
import { Secret } from "../core/secret.ts";
import type { SubjectFacts } from "../core/subject-template.ts";
import { checkValidity } from "../pki/authority-certificate.ts";
import { readCertificateRequest } from "../pki/certificate-request.ts";
import { openFileSigner } from "../pki/file-signer.ts";
import { issueCertificate, newSerial, subjectFor } from "../pki/issue.ts";
import type { CertificateSigner } from "../pki/signer.ts";

/** The CAs of one's own that a station signs with; their files by whole paths. */
export type SigningOptions = {
  readonly authorities: readonly Authority[];
  /** The passphrase of a CA's key, where it has one. */
  readonly passphraseOf: (authority: Authority) => Secret | undefined;
};

/** Passphrases from the environment variables that the CAs name. */
export function passphrasesIn(
  environment: Readonly<Record<string, string | undefined>>,
): SigningOptions["passphraseOf"] {
  return ({ passphraseEnv: name }) => {
    const text = name !== undefined && Object.hasOwn(environment, name) ? (environment[name] ?? "") : "";
    return text === "" ? undefined : new Secret(text);
  };
}

/** What an issuer works with. */
export type IssuerParts = SigningOptions & {
  readonly book: CertificateBook;
  readonly clock: Clock;
  readonly random: RandomBytes;
};

/** A certificate to be given out. */
export type IssueOrder = {
  /** The CA's name. */
  readonly authority: string;
  /** The request, PEM. */
  readonly csr: string;
  readonly facts: SubjectFacts;
  readonly uuid?: DeviceUuid;
  readonly run?: RunId;
  /** Gives out another certificate, even where one was given out for the same request, unit and run. */
  readonly anew?: boolean;
};

/** How often another number is tried; one time in 2^126 the first was used before. */
const SERIAL_ATTEMPTS = 4;

/**
 * Gives out certificates: a serial number is allotted and on the disk before anything is signed with it, and the certificate is on
 * the disk before anybody gets it. The same request of the same unit and run gets the same certificate again.
 */
export class CertificateIssuer {
  readonly #parts: IssuerParts;
  readonly #signers = new Map<string, Promise<CertificateSigner>>();
  readonly #going = new Map<string, Promise<SignedCertificate>>();

  constructor(parts: IssuerParts) {
    this.#parts = parts;
  }

  /**
   * Opens CAs anew and checks that they can sign now.
   * @throws StationError pki.authority-*, pki.key-*, pki.passphrase-*
   */
  async check(names: readonly string[]): Promise<void> {
    for (const name of new Set(names)) {
      this.#signers.delete(name);
      checkValidity((await this.#signer(this.#authority(name))).chain[0], this.#parts.clock.now());
    }
  }

  /** @throws StationError pki.*, audit.*; the signal's reason */
  async issue(order: IssueOrder, signal?: AbortSignal): Promise<SignedCertificate> {
    const authority = this.#authority(order.authority);
    const request = readCertificateRequest(order.csr);
    const signer = await this.#signer(authority);
    const wanted = {
      ...{ authority: signer.chain[0].sha256, csrSha256: request.sha256 },
      ...(order.uuid === undefined ? {} : { uuid: order.uuid }),
      ...(order.run === undefined ? {} : { run: order.run }),
    };
    const key = [wanted.authority, wanted.csrSha256, order.uuid, order.run].join(" ");
    const going = this.#going.get(key);
    if (going !== undefined) return going;
    const before = order.anew === true ? undefined : this.#parts.book.find(wanted);
    if (before !== undefined) return before;
    const work = this.#give(
      wanted,
      async (serial) => {
        const { subject, days } = authority;
        const { clock } = this.#parts;
        return issueCertificate(
          signer,
          { request, serial, rules: { subject, days }, facts: order.facts, clock },
          signal,
        );
      },
      () => subjectFor(authority.subject, order.facts),
    );
    this.#going.set(key, work);
    try {
      return await work;
    } finally {
      this.#going.delete(key);
    }
  }

  async #give(
    wanted: Omit<SerialOrder, "serial">,
    sign: (serial: Uint8Array) => Promise<Omit<SignedCertificate, "authority" | "serial">>,
    checkFirst: () => unknown,
  ): Promise<SignedCertificate> {
    // A subject that cannot be written costs no number.
    checkFirst();
    const bytes = await this.#allot(wanted);
    const certificate = { authority: wanted.authority, serial: hex(bytes), ...(await sign(bytes)) };
    await this.#parts.book.record(certificate);
    return certificate;
  }

  async #allot(wanted: Omit<SerialOrder, "serial">): Promise<Uint8Array> {
    const { book, random } = this.#parts;
    for (let attempt = 1; attempt <= SERIAL_ATTEMPTS; attempt++) {
      const bytes = newSerial(random);
      try {
        await book.allot({ ...wanted, serial: hex(bytes) });
        return bytes;
      } catch (error) {
        if (asStationError(error).code !== "audit.serial-used") throw error;
      }
    }
    throw new StationError("pki.no-serial", "every number that was drawn was used before", {
      attempts: quantity(SERIAL_ATTEMPTS, "attempts"),
    });
  }

  #authority(name: string): Authority {
    const { authorities } = this.#parts;
    const authority = authorities.find((known) => known.name === name);
    if (authority !== undefined) return authority;
    throw new StationError("pki.authority-unknown", "there is no CA of this name", {
      ...{ name, known: authorities.map((known) => known.name).join(", ") },
    });
  }

  #signer(authority: Authority): Promise<CertificateSigner> {
    const known = this.#signers.get(authority.name);
    if (known !== undefined) return known;
    const opening = openFileSigner({
      certificate: authority.certificate,
      key: authority.key,
      passphrase: this.#parts.passphraseOf(authority),
    });
    this.#signers.set(authority.name, opening);
    opening.catch(() => this.#signers.delete(authority.name));
    return opening;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
