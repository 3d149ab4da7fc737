import type { ResolvedRecipe } from "../contract/recipe.ts";
import type { VerifyCredential } from "../contract/recipe-verify.ts";
import type { Sha256 } from "../core/digest.ts";
import { placeholdersOf } from "../core/placeholder.ts";
import { samePlace, type CredentialPlace } from "./credential-command.ts";
import { heldContent } from "./held-by-recipe.ts";
import type { HeldCredential } from "./ledger.ts";

/** What a recipe's verification list asks for, beyond what follows from its commands. */
export type VerificationList = {
  readonly held: readonly HeldCredential[];
  /** Places where nothing may be. */
  readonly absent: readonly CredentialPlace[];
};

/** The verification list with the digests of its contents; a content that was not handed over is verified by presence. */
export function verificationList(recipe: ResolvedRecipe, sha256: Sha256): VerificationList {
  const entries = recipe.recipe.verify.credentials ?? [];
  return {
    held: entries.filter(({ present }) => present !== false).map((entry) => wantedOf(entry, recipe, sha256)),
    absent: entries.filter(({ present }) => present === false).map(placeOf),
  };
}

/** What must be held, by the commands and by the list; what the list says once more is left out. */
export function withList(held: readonly HeldCredential[], list: VerificationList): readonly HeldCredential[] {
  const more = list.held.filter((wanted) => !held.some((one) => saysTheSame(one, wanted)));
  return [...held, ...more].filter((one) => !list.absent.some((place) => samePlace(place, one)));
}

/** Whether a recipe wants the modem's credentials to be listed in the end. */
export function wantsReadBack({ recipe }: ResolvedRecipe): boolean {
  const { readBack, forbidUnexpected, credentials = [], settings = {} } = recipe.verify;
  return readBack || forbidUnexpected !== false || credentials.length > 0 || Object.keys(settings).length > 0;
}

function saysTheSame(held: HeldCredential, wanted: HeldCredential): boolean {
  if (!samePlace(held, wanted)) return false;
  if (wanted.sha256 === undefined) return true;
  return wanted.looseSha256 !== undefined && wanted.looseSha256 === held.looseSha256;
}

function wantedOf(entry: VerifyCredential, recipe: ResolvedRecipe, sha256: Sha256): HeldCredential {
  const place = placeOf(entry);
  const { file, text } = entry;
  if (entry.sha256 !== undefined)
    return placeholdersOf(entry.sha256).length > 0 ? place : { ...place, sha256: entry.sha256 };
  const content = file === undefined ? text : fileOf(file, recipe);
  return content === undefined || placeholdersOf(content).length > 0 ? place : heldContent(place, content, sha256);
}

function placeOf({ secTag, type }: VerifyCredential): CredentialPlace {
  return { secTag, credential: type };
}

function fileOf(path: string, { files }: ResolvedRecipe): string | undefined {
  return Object.hasOwn(files, path) ? files[path]?.content : undefined;
}
