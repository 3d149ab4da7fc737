import { dirname, resolve } from "node:path";
import type { Authority } from "../../contract/authority.ts";
import { ProfileSchema, type Profile, type ResolvedProfile } from "../../contract/profile.ts";
import { placed } from "./authority-file.ts";
import { LARGEST_NAMED } from "./beside.ts";
import { problemOf, problemsError, type FileProblem } from "./file-problem.ts";
import { checkDocument, readDocument } from "./load-document.ts";
import { checkCertificates } from "./pem.ts";
import { readTextFile } from "./text-file.ts";

/**
 * Reads a profile and its CA files. They are named from the profile's folder and, unlike the files of recipes, may lie anywhere:
 * certificates are public, must parse as such, and only ever narrow whom the station trusts.
 * @throws StationError file.*; every problem is listed with line, column, field and limit
 */
export async function loadProfile(path: string): Promise<ResolvedProfile> {
  return checkProfile(await readDocument(path), path);
}

/** As {@link loadProfile}, for a text that was read already. */
export async function checkProfile(text: string, path: string): Promise<ResolvedProfile> {
  const { value, document } = checkDocument(text, path, ProfileSchema);
  const problems: FileProblem[] = [];
  const resolved = await withAuthorities(value, async (file, where) => {
    try {
      return await readAuthority(dirname(path), file);
    } catch (error) {
      problems.push(problemOf(error, where, document.placeOf(where)));
      return "";
    }
  });
  if (problems.length > 0) throw problemsError(path, problems);
  return resolved;
}

/** The CAs of one's own that a profile names, with whole paths. @throws StationError file.* */
export async function loadAuthorities(path: string): Promise<readonly Authority[]> {
  const { authorities = [] } = checkDocument(await readDocument(path), path, ProfileSchema).value;
  return authorities.map((authority) => placed(authority, dirname(path)));
}

/**
 * The profile with its CA files read, their names taken from `folder`.
 * @throws StationError file.* of the first CA file that cannot be used
 */
export function resolveProfile(profile: Profile, folder: string): Promise<ResolvedProfile> {
  return withAuthorities(profile, (file) => readAuthority(folder, file));
}

type ReadAuthority = (file: string, where: readonly PropertyKey[]) => Promise<string>;

async function withAuthorities(profile: Profile, read: ReadAuthority): Promise<ResolvedProfile> {
  const { https, coaps, owner, authorities: _stayInTheCore, ...rest } = profile;
  return {
    ...rest,
    ...(https === undefined ? {} : { https: { ...https, ca: await read(https.ca, ["https", "ca"]) } }),
    ...(coaps === undefined ? {} : { coaps: { ...coaps, ca: await read(coaps.ca, ["coaps", "ca"]) } }),
    ...(owner === undefined ? {} : { owner: await withOwnerAuthority(owner, read) }),
  };
}

type Owner = NonNullable<Profile["owner"]>;

async function withOwnerAuthority(owner: Owner, read: ReadAuthority): Promise<Owner> {
  return owner.ca === undefined ? owner : { ...owner, ca: await read(owner.ca, ["owner", "ca"]) };
}

async function readAuthority(folder: string, file: string): Promise<string> {
  const { text } = await readTextFile(resolve(folder, file), LARGEST_NAMED);
  checkCertificates(text);
  return text;
}
