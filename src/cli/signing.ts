import { dirname, resolve } from "node:path";
import type { Authority } from "../contract/authority.ts";
import { ProfileSchema } from "../contract/profile.ts";
import { Secret } from "../core/secret.ts";
import type { SigningOptions } from "../station/certificate-issuer.ts";
import { loadAuthority, placed } from "../station/files/authority-file.ts";
import { loadDocument } from "../station/files/load-document.ts";
import type { Arguments, CommandContext } from "./command.ts";

/** The CAs of `--profile` and of `--ca-profile`, which wins where both have one of a name. @throws StationError file.* */
export async function signingOf(args: Arguments, context: CommandContext): Promise<SigningOptions> {
  const [profile, own] = [args.value("profile"), args.value("ca-profile")];
  const given = own === undefined ? [] : [await loadAuthority(resolve(own))];
  const authorities = profile === undefined ? [] : await authoritiesOf(resolve(profile));
  return signingWith([...given, ...authorities], context);
}

/** These CAs, with the passphrases of their keys from the environment. */
export function signingWith(authorities: readonly Authority[], { environment }: CommandContext): SigningOptions {
  return {
    authorities,
    folder: process.cwd(),
    passphraseOf: ({ passphraseEnv }) => {
      const text = passphraseEnv === undefined ? undefined : environment[passphraseEnv];
      return text === undefined || text === "" ? undefined : new Secret(text);
    },
  };
}

async function authoritiesOf(profile: string): Promise<readonly Authority[]> {
  const { authorities = [] } = (await loadDocument(profile, ProfileSchema)).value;
  return authorities.map((authority) => placed(authority, dirname(profile)));
}
