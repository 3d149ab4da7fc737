import type { RunEvent } from "../../../src/contract/run-event.ts";

type Of<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** A credential as it was found in the modem, beside what was written. */
export type Credential = Pick<Of<"credential.verified">, "secTag" | "credential" | "verdict"> & {
  readonly key: number;
  readonly expected: string | undefined;
  readonly found: string | undefined;
};

/** A public thing that the unit made. */
export type Artefact = {
  readonly key: number;
  readonly name: string;
  readonly sha256: string;
  readonly length: number;
  /** Of the public key within, where it is another text than the key alone. */
  readonly keySha256: string | undefined;
  readonly text: string | undefined;
};

/** A certificate that a CA of one's own gave out to the unit. */
export type IssuedCertificate = {
  readonly key: number;
  readonly by: string;
  readonly secTag: number;
  readonly serial: string;
  readonly sha256: string;
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  readonly pem: string;
};

/** A setting that the run wrote. */
export type WrittenSetting = {
  readonly key: number;
  readonly name: string;
  readonly value: string;
  readonly sink: string;
};

/** What a run left in the unit and took from it, by fingerprint. */
export type Fingerprints = {
  readonly credentials: readonly Credential[];
  readonly artefacts: readonly Artefact[];
  readonly certificates: readonly IssuedCertificate[];
  readonly settings: readonly WrittenSetting[];
};

/** The fingerprints that a run's events tell. Of a repeated phase the last finding counts; misfits come first, then by tag. */
export function fingerprintsOf(events: readonly RunEvent[]): Fingerprints {
  const credentials = new Map<string, Credential>();
  const artefacts = new Map<string, Artefact>();
  const certificates = new Map<string, IssuedCertificate>();
  const settings = new Map<string, WrittenSetting>();
  for (const event of events) {
    if (event.type === "credential.verified")
      credentials.set(`${event.secTag}/${event.credential}`, credentialOf(event));
    if (event.type === "artefact.made") artefacts.set(event.name, artefactOf(event));
    if (event.type === "certificate.issued") certificates.set(event.serial, certificateOf(event));
    if (event.type === "setting.written") settings.set(`${event.sink}/${event.key}`, settingOf(event));
  }
  return {
    credentials: [...credentials.values()].toSorted(
      (a, b) => Number(fits(a)) - Number(fits(b)) || a.secTag - b.secTag || a.credential - b.credential,
    ),
    artefacts: [...artefacts.values()],
    certificates: [...certificates.values()],
    settings: [...settings.values()],
  };
}

/** Whether a credential is as it should be. */
export function fits({ verdict }: Pick<Credential, "verdict">): boolean {
  return verdict === "match" || verdict === "present";
}

/** A digest in groups of four digits: whole, or its first sixteen and last four. */
export function groupedDigest(sha256: string, whole = false): string {
  const groups = sha256.match(/.{1,4}/g) ?? [];
  return whole || groups.length < 6 ? groups.join(" ") : `${groups.slice(0, 4).join(" ")} … ${groups.at(-1) ?? ""}`;
}

function credentialOf(event: Of<"credential.verified">): Credential {
  const { seq, secTag, credential, verdict, expectedSha256, foundSha256 } = event;
  return { key: seq, secTag, credential, verdict, expected: expectedSha256, found: foundSha256 };
}

function artefactOf(event: Of<"artefact.made">): Artefact {
  const { seq, name, sha256, length, keySha256, text } = event;
  return { key: seq, name, sha256, length, keySha256: keySha256 === sha256 ? undefined : keySha256, text };
}

function certificateOf(event: Of<"certificate.issued">): IssuedCertificate {
  const { seq, by, secTag, serial, sha256, subject, notAfter, pem } = event;
  return { key: seq, by, secTag, serial, sha256, subject, notAfter, pem };
}

function settingOf(event: Of<"setting.written">): WrittenSetting {
  return { key: event.seq, name: event.key, value: event.value, sink: event.sink };
}
