import type { RunEventBody } from "../contract/run-event.ts";
import { StationError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import type { Sha256 } from "../core/digest.ts";
import type { AtPort } from "../modem/at-port.ts";
import type { AtMode } from "../modem/typed-text.ts";
import { samePlace, type CredentialPlace } from "./credential-command.ts";
import { firmwareOf, isAtLeast } from "./firmware-version.ts";
import type { HeldCredential } from "./ledger.ts";
import { listTags, withDigests, type ListedCredential } from "./listed-credentials.ts";

/** The verdict on one credential, as the record shows it. */
export type CredentialVerdict = Extract<RunEventBody, { type: "credential.verified" }>;

/** What to verify: what the modem must hold, on which tags, and whether anything else may be there. */
export type VerifyTask = {
  /** A place may be named more than once: then it must be as each of them says. */
  readonly held: readonly HeldCredential[];
  readonly secTags: readonly number[];
  /** `true`: nothing else may be on `secTags`, nor on any tag that is listed; a list: nothing else on these, beside `secTags`. */
  readonly forbidUnexpected: boolean | readonly number[];
  /** Places where nothing may be, whatever else is allowed. */
  readonly absent?: readonly CredentialPlace[];
  /** How the commands went to the modem: a shell changes line ends (protocol.md 11). */
  readonly mode: AtMode;
  /** The name of the modem's firmware: the digests of old ones are not those of the contents. */
  readonly firmware?: string | undefined;
  readonly sha256: Sha256;
};

/** The firmware of nRF9160 from which on the vendor's own tools compare digests. */
const DIGESTS_SINCE = { numbers: [1, 3, 2] };

/**
 * Lists the modem's credentials and compares them with what it must hold; `tell` gets each verdict.
 * @throws StationError run.credential-missing, run.credential-different, run.credential-unexpected; at.*, link.*
 */
export async function verifyCredentials(
  modem: AtPort,
  task: VerifyTask,
  tell: (verdict: CredentialVerdict) => void,
): Promise<void> {
  const { held, secTags, forbidUnexpected, absent = [], sha256 } = task;
  const isAllowed = (verdict: CredentialVerdict): boolean =>
    forbidUnexpected === false && !absent.some((place) => samePlace(place, verdict));
  const more = typeof forbidUnexpected === "boolean" ? [] : forbidUnexpected;
  const tags = [...new Set([...secTags, ...more])].sort((left, right) => left - right);
  const listed = await withDigests(modem, await listTags(modem, tags), held, sha256);
  const verdicts = verdictsOf(listed, task);
  for (const verdict of verdicts) tell(verdict);
  for (const verdict of verdicts) {
    const code = codeOf(verdict, isAllowed(verdict));
    if (code !== undefined) throw failureOf(code, verdict);
  }
}

/** The verdicts on everything that must be there and everything that is there, in that order. */
export function verdictsOf(
  listed: readonly ListedCredential[],
  task: Pick<VerifyTask, "held" | "mode" | "firmware">,
): readonly CredentialVerdict[] {
  const expected = task.held.map((held) => verdictOn(held, listed, task));
  const extra = listed.filter((found) => !task.held.some((held) => samePlace(held, found)));
  return [
    ...expected,
    ...extra.map((found) => ({ ...stampOf(found), ...foundOf(found), verdict: "unexpected" as const })),
  ];
}

/**
 * By the modem's rule the digest is of the text exactly as written, line ends included, for every type that is written
 * (at.md 4). A place without a digest on either side is verified by presence and type.
 */
function verdictOn(
  held: HeldCredential,
  listed: readonly ListedCredential[],
  { mode, firmware }: Pick<VerifyTask, "mode" | "firmware">,
): CredentialVerdict {
  const found = listed.find((candidate) => samePlace(candidate, held));
  const asWritten = mode === "shell" ? (held.shellSha256 ?? held.sha256) : held.sha256;
  const digest = found?.sha256;
  const isSpelling = digest !== undefined && held.spellings?.includes(digest) === true;
  const expected = isSpelling ? digest : asWritten;
  const told = { ...stampOf(held), ...(expected === undefined ? {} : { expectedSha256: expected }) };
  if (found === undefined) return { ...told, verdict: "missing" };
  const both = { ...told, ...foundOf(found) };
  if (expected !== undefined && digest === expected) return { ...both, verdict: "match" };
  const proves = expected !== undefined && digest !== undefined && held.otherForm !== true && tellsDigests(firmware);
  return { ...both, verdict: proves ? "different" : "present" };
}

function tellsDigests(firmware: string | undefined): boolean {
  const known = firmwareOf(firmware ?? "");
  return known?.kind !== "nrf9160" || isAtLeast(known.version, DIGESTS_SINCE);
}

function codeOf(verdict: CredentialVerdict, isAllowed: boolean): ErrorCode | undefined {
  switch (verdict.verdict) {
    case "missing":
      return "run.credential-missing";
    case "different":
      return "run.credential-different";
    case "unexpected":
      return isAllowed ? undefined : "run.credential-unexpected";
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
