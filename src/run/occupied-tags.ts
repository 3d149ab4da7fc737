import { StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import { listTags } from "./listed-credentials.ts";
import type { CredentialVerdict } from "./verify-phase.ts";

/**
 * Checks that the modem holds nothing on these tags; `tell` gets what it holds.
 * @throws StationError run.tag-occupied for the first; at.*, link.*
 */
export async function checkTagsEmpty(
  modem: AtPort,
  secTags: readonly number[],
  tell: (verdict: CredentialVerdict) => void,
): Promise<void> {
  const listed = await listTags(modem, secTags);
  for (const { sha256, ...place } of listed) {
    const found = sha256 === undefined ? {} : { foundSha256: sha256 };
    tell({ type: "credential.verified", ...place, ...found, verdict: "unexpected" });
  }
  const [first] = listed;
  if (first === undefined) return;
  const { secTag, credential, sha256: foundSha256 } = first;
  throw new StationError("run.tag-occupied", `tag ${secTag} holds a credential of type ${credential} already`, {
    ...{ secTag, credential },
    ...(foundSha256 === undefined ? {} : { foundSha256 }),
  });
}
