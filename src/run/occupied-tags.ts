import type { ResolvedRecipe } from "../contract/recipe.ts";
import type { Sha256 } from "../core/digest.ts";
import { StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import { toldOf } from "./golden-check.ts";
import { heldByRecipe } from "./held-by-recipe.ts";
import { listTags } from "./listed-credentials.ts";
import { expectationsOf, secTagsOf } from "./recipe-expectation.ts";
import type { CredentialVerdict } from "./verify-phase.ts";

/** The tags that must be empty before anything is done to a unit, in order; none where the recipe does not ask for it. */
export function tagsEmptyBefore(recipe: ResolvedRecipe, sha256: Sha256): readonly number[] {
  const { emptyBefore = false } = recipe.recipe.verify;
  if (emptyBefore === false) return [];
  const own = secTagsOf(expectationsOf(recipe, sha256), heldByRecipe(recipe, sha256));
  return emptyBefore === true ? own : [...new Set(emptyBefore)].sort((left, right) => left - right);
}

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
  for (const one of listed) tell(toldOf(one, "unexpected"));
  const [first] = listed;
  if (first === undefined) return;
  const { secTag, credential, sha256: foundSha256 } = first;
  throw new StationError("run.tag-occupied", `tag ${secTag} holds a credential of type ${credential} already`, {
    ...{ secTag, credential },
    ...(foundSha256 === undefined ? {} : { foundSha256 }),
  });
}
