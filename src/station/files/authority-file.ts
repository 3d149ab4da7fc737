import { dirname, resolve } from "node:path";
import { AuthorityFileSchema, type Authority } from "../../contract/authority.ts";
import { loadDocument } from "./load-document.ts";

/** Reads the file of a CA of one's own; the names of its files begin at its folder. @throws StationError file.* */
export async function loadAuthority(path: string): Promise<Authority> {
  const { authority: _version, ...authority } = (await loadDocument(path, AuthorityFileSchema)).value;
  return placed(authority, dirname(path));
}

/** The CA with the paths of its files as they are, whatever folder they are told from. */
export function placed(authority: Authority, folder: string): Authority {
  const { certificate, key } = authority;
  return { ...authority, certificate: resolve(folder, certificate), key: resolve(folder, key) };
}
