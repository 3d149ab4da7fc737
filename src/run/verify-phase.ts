import type { RunEventBody } from "../contract/run-event.ts";
import { StationError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import type { AtPort } from "../modem/at-port.ts";
import type { AtMode } from "../modem/typed-text.ts";
import { CREDENTIAL_TYPE, listCredentials } from "../modem/commands/credentials.ts";
import { samePlace, type CredentialPlace } from "./credential-command.ts";
import type { HeldCredential } from "./ledger.ts";

/** The verdict on one credential, as the record shows it. */
export type CredentialVerdict = Extract<RunEventBody, { type: "credential.verified" }>;

/** A credential as the modem lists it; the digest in lower case, where the modem tells one. */
export type ListedCredential = CredentialPlace & { readonly sha256?: string };

/** What to verify: what the modem must hold, on which tags, and whether anything else may be there. */
export type VerifyTask = {
  readonly held: readonly HeldCredential[];
  readonly secTags: readonly number[];
  readonly forbidUnexpected: boolean;
  /** How the commands went to the modem: a shell changes line ends (protocol.md 11). */
  readonly mode: AtMode;
};

/**
 * Lists the modem's credentials and compares them with what was written; `tell` gets each verdict.
 * @throws StationError run.credential-missing, run.credential-different, run.credential-unexpected; at.*, link.*
 */
export async function verifyCredentials(
  modem: AtPort,
  task: VerifyTask,
  tell: (verdict: CredentialVerdict) => void,
): Promise<void> {
  const listed: ListedCredential[] = [];
  for (const secTag of task.secTags) listed.push(...(await listTag(modem, secTag)));
  const verdicts = verdictsOf(listed, task);
  for (const verdict of verdicts) tell(verdict);
  for (const verdict of verdicts) {
    const code = codeOf(verdict, task.forbidUnexpected);
    if (code !== undefined) throw failureOf(code, verdict);
  }
}

async function listTag(modem: AtPort, secTag: number): Promise<readonly ListedCredential[]> {
  const entries = await listCredentials(modem, { tag: secTag });
  return entries.flatMap(({ tag, type, sha256 }) => {
    const place = { secTag: tag, credential: type };
    return tag === secTag ? [sha256 === undefined ? place : { ...place, sha256 }] : [];
  });
}

/** The verdicts on everything that must be there and everything that is there, in that order. */
export function verdictsOf(listed: readonly ListedCredential[], task: VerifyTask): readonly CredentialVerdict[] {
  const expected = task.held.map((held) => verdictOn(held, listed, task.mode));
  const extra = listed.filter((found) => !task.held.some((held) => samePlace(held, found)));
  return [
    ...expected,
    ...extra.map((found) => ({ ...stampOf(found), ...foundOf(found), verdict: "unexpected" as const })),
  ];
}

function verdictOn(held: HeldCredential, listed: readonly ListedCredential[], mode: AtMode): CredentialVerdict {
  const found = listed.find((candidate) => samePlace(candidate, held));
  const expected = isCompared(held) ? (mode === "shell" ? held.shellSha256 : held.sha256) : undefined;
  const told = { ...stampOf(held), ...(expected === undefined ? {} : { expectedSha256: expected }) };
  if (found === undefined) return { ...told, verdict: "missing" };
  if (expected === undefined) return { ...told, ...foundOf(found), verdict: "present" };
  return { ...told, ...foundOf(found), verdict: found.sha256 === expected ? "match" : "different" };
}

/** Keys are checked for presence only: the modem may keep them in another form than they were written in. */
function isCompared(held: HeldCredential): boolean {
  const { rootCa, clientCertificate, pskIdentity } = CREDENTIAL_TYPE;
  return [rootCa, clientCertificate, pskIdentity].some((type) => type === held.credential);
}

function codeOf(verdict: CredentialVerdict, forbidUnexpected: boolean): ErrorCode | undefined {
  switch (verdict.verdict) {
    case "missing":
      return "run.credential-missing";
    case "different":
      return "run.credential-different";
    case "unexpected":
      return forbidUnexpected ? "run.credential-unexpected" : undefined;
    case "match":
    case "present":
      return undefined;
  }
}

function failureOf(code: ErrorCode, verdict: CredentialVerdict): StationError {
  const { secTag, credential, expectedSha256, foundSha256 } = verdict;
  return new StationError(code, `the credential of type ${credential} on tag ${secTag} is ${verdict.verdict}`, {
    secTag,
    credential,
    ...(expectedSha256 === undefined ? {} : { expectedSha256 }),
    ...(foundSha256 === undefined ? {} : { foundSha256 }),
  });
}

function stampOf(place: { readonly secTag: number; readonly credential: number }) {
  return { type: "credential.verified", secTag: place.secTag, credential: place.credential } as const;
}

function foundOf(found: ListedCredential): { readonly foundSha256?: string } {
  return found.sha256 === undefined ? {} : { foundSha256: found.sha256 };
}
