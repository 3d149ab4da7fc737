import { resolve } from "node:path";
import type { Authority } from "../contract/authority.ts";
import { passphrasesIn, type SigningOptions } from "../station/certificate-issuer.ts";
import { loadAuthority } from "../station/files/authority-file.ts";
import { loadAuthorities } from "../station/files/profile-file.ts";
import type { Arguments, CommandContext } from "./command.ts";

/** The CAs of `--profile` and of `--ca-profile`, which wins where both have one of a name. @throws StationError file.* */
export async function signingOf(args: Arguments, context: CommandContext): Promise<SigningOptions> {
  const [profile, own] = [args.value("profile"), args.value("ca-profile")];
  const given = own === undefined ? [] : [await loadAuthority(resolve(own))];
  const authorities = profile === undefined ? [] : await loadAuthorities(resolve(profile));
  return signingWith([...given, ...authorities], context);
}

/** These CAs, with the passphrases of their keys from the environment. */
export function signingWith(authorities: readonly Authority[], { environment }: CommandContext): SigningOptions {
  return {
    authorities,
    passphraseOf: passphrasesIn(environment),
  };
}
