import type { Sha256 } from "../core/digest.ts";
import { asStationError } from "../core/error.ts";
import { encodeWireText } from "../core/wire-text.ts";
import type { AtPort } from "../modem/at-port.ts";
import { CREDENTIAL_TYPE, listCredentials, readCredential, type Credential } from "../modem/commands/credentials.ts";
import { samePlace, type CredentialPlace } from "./credential-command.ts";

/** A credential as the modem lists it; the digest in lower case, where the modem tells one. */
export type ListedCredential = CredentialPlace & { readonly sha256?: string };

/** The largest tag that can be written to: the user's own and the 20 test tags behind them (at.md 4); the rest is the modem's. */
const LAST_WRITABLE_TAG = 2_147_483_667;

/**
 * Lists what the modem holds on these tags, tag by tag. A modem that refuses to list one tag (some firmware does, peers.md 2)
 * is asked for everything instead.
 * @throws StationError the modem's first refusal when it refuses that as well; at.*, link.*
 */
export async function listTags(modem: AtPort, secTags: readonly number[]): Promise<readonly ListedCredential[]> {
  const listed: ListedCredential[] = [];
  for (const secTag of secTags) {
    try {
      const entries = await listCredentials(modem, { tag: secTag });
      listed.push(...entries.filter(({ tag }) => tag === secTag).map(listedOf));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const all = await listAll(modem).catch((second: unknown) => {
        throw isRefusal(second) ? error : second;
      });
      return all.filter((one) => secTags.includes(one.secTag));
    }
  }
  return listed;
}

/** Lists everything that somebody can have written; the modem's own entries are left out. @throws StationError at.*, link.* */
export async function listAll(modem: AtPort): Promise<readonly ListedCredential[]> {
  const entries = await listCredentials(modem);
  return entries.filter(({ tag }) => tag <= LAST_WRITABLE_TAG).map(listedOf);
}

/** Types whose content can be read back; private keys, client certificates and PSKs cannot (at.md 4). */
const READABLE: readonly number[] = [CREDENTIAL_TYPE.rootCa, CREDENTIAL_TYPE.pskIdentity, CREDENTIAL_TYPE.publicKey];

/**
 * Adds the digests that a list leaves out: of what can be read, of these places. Some firmware lists no digests.
 * @throws StationError at.*, link.* when the modem does not answer
 */
export async function withDigests(
  modem: AtPort,
  listed: readonly ListedCredential[],
  places: readonly CredentialPlace[],
  sha256: Sha256,
): Promise<readonly ListedCredential[]> {
  const completed: ListedCredential[] = [];
  for (const one of listed) {
    const wanted = one.sha256 === undefined && READABLE.includes(one.credential);
    const isWanted = wanted && places.some((place) => samePlace(place, one));
    const digest = isWanted ? await digestOf(modem, one, sha256) : undefined;
    completed.push(digest === undefined ? one : { ...one, sha256: digest });
  }
  return completed;
}

async function digestOf(modem: AtPort, { secTag, credential }: CredentialPlace, sha256: Sha256) {
  try {
    const read = await readCredential(modem, secTag, credential);
    return read.sha256 ?? sha256(encodeWireText(read.content));
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** Whether an error is the modem's own answer rather than a failure to get one. */
function isRefusal(error: unknown): boolean {
  const { code, facts } = asStationError(error);
  return code.startsWith("at.") && facts["answer"] !== undefined;
}

function listedOf({ tag, type, sha256 }: Credential): ListedCredential {
  const place = { secTag: tag, credential: type };
  return sha256 === undefined ? place : { ...place, sha256 };
}
