import type { Device } from "../contract/common.ts";
import type { GoldenReference } from "../contract/proof.ts";
import { StationError } from "../core/error.ts";
import type { Sha256 } from "../core/digest.ts";
import type { AtPort } from "../modem/at-port.ts";
import { samePlace } from "./credential-command.ts";
import { listAll, withDigests, type ListedCredential } from "./listed-credentials.ts";
import type { CredentialVerdict } from "./verify-phase.ts";

/**
 * Compares who a board is with the golden reference.
 * @throws StationError run.golden-other-board; run.golden-firmware when model, firmware or hardware changed
 */
export function checkGoldenBoard(device: Device, reference: GoldenReference): void {
  if (device.uuid !== reference.uuid) {
    const facts = { golden: reference.name, expected: reference.uuid, found: device.uuid };
    throw new StationError("run.golden-other-board", "the board is not the golden unit", facts);
  }
  for (const what of ["model", "firmware", "hardware"] as const) {
    const [expected, found] = [reference[what], device[what]];
    if (expected === undefined || expected === found) continue;
    const facts = { golden: reference.name, what, expected, found: found ?? "" };
    throw new StationError("run.golden-firmware", `the ${what} is not the one of the reference`, facts);
  }
}

/** Everything that the modem holds beside its own entries, with digests where they can be known. @throws StationError at.*, link.* */
export async function everythingHeld(modem: AtPort, sha256: Sha256): Promise<readonly ListedCredential[]> {
  const listed = await listAll(modem);
  return withDigests(modem, listed, listed, sha256);
}

/**
 * Compares everything that the modem holds with the golden reference; `tell` gets each verdict.
 * @throws StationError run.golden-credential for the first that is missing, different or too much; at.*, link.*
 */
export async function checkGoldenCredentials(
  modem: AtPort,
  reference: GoldenReference,
  sha256: Sha256,
  tell: (verdict: CredentialVerdict) => void,
): Promise<void> {
  const verdicts = goldenVerdicts(await everythingHeld(modem, sha256), reference);
  for (const verdict of verdicts) tell(verdict);
  const bad = verdicts.find(({ verdict }) => verdict !== "match" && verdict !== "present");
  if (bad === undefined) return;
  const { secTag, credential, verdict, expectedSha256, foundSha256 } = bad;
  throw new StationError(
    "run.golden-credential",
    `the credential of type ${credential} on tag ${secTag} is ${verdict}`,
    {
      ...{ golden: reference.name, secTag, credential, verdict },
      ...(expectedSha256 === undefined ? {} : { expectedSha256 }),
      ...(foundSha256 === undefined ? {} : { foundSha256 }),
    },
  );
}

/** Digests are compared as the modem told them, whatever they are of: what matters is that they are the same as then. */
function goldenVerdicts(
  listed: readonly ListedCredential[],
  { credentials }: GoldenReference,
): readonly CredentialVerdict[] {
  const known = credentials.map(({ secTag, type, sha256 }) => ({ secTag, credential: type, sha256 }));
  const expected = known.map(({ secTag, credential, sha256 }): CredentialVerdict => {
    const found = listed.find((one) => samePlace(one, { secTag, credential }));
    return {
      ...{ type: "credential.verified", secTag, credential },
      ...(sha256 === undefined ? {} : { expectedSha256: sha256 }),
      ...(found?.sha256 === undefined ? {} : { foundSha256: found.sha256 }),
      verdict: found === undefined ? "missing" : compared(sha256, found.sha256),
    };
  });
  const extra = listed.filter((one) => !known.some((place) => samePlace(place, one)));
  return [...expected, ...extra.map((one) => toldOf(one, "unexpected"))];
}

function compared(expected: string | undefined, found: string | undefined): CredentialVerdict["verdict"] {
  if (expected === undefined && found === undefined) return "present";
  return expected === found ? "match" : "different";
}

/** The verdict on a credential that is listed and not compared. */
export function toldOf(
  { secTag, credential, sha256 }: ListedCredential,
  verdict: CredentialVerdict["verdict"],
): CredentialVerdict {
  return {
    ...{ type: "credential.verified", secTag, credential, verdict },
    ...(sha256 === undefined ? {} : { foundSha256: sha256 }),
  };
}
