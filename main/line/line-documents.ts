import type { Authority } from "../../src/contract/authority.ts";
import type { DocumentKind } from "../../src/contract/desktop-library.ts";
import type { Fixture } from "../../src/contract/fixture.ts";
import type { ResolvedProfile } from "../../src/contract/profile.ts";
import { StationError } from "../../src/core/error.ts";
import { loadFixture } from "../../src/station/files/fixture-file.ts";
import { loadAuthorities, loadProfile } from "../../src/station/files/profile-file.ts";
import { openRecipe, type LoadedRecipe } from "../../src/station/files/recipe-file.ts";
import type { Environment } from "../../src/station/files/recipe-materials.ts";
import type { StationFiles } from "../../src/station/batch-plan.ts";
import type { Library } from "../../src/station/library/library.ts";
import { wantsService, wantsTray, type DocumentChoice, type LineChoice } from "./line-choice.ts";

/** The documents of a line as they were read; without a fixture its boards are simulated, without a profile the service is its own. */
export type LineDocuments = LoadedRecipe & {
  readonly fixture?: Fixture;
  readonly profile?: ResolvedProfile;
  /** The profile's CAs of one's own, with whole paths. */
  readonly authorities?: readonly Authority[];
  /** Which of them were published for the line that the station shares with others. */
  readonly published?: NonNullable<StationFiles["published"]>;
};

/** Where documents are. */
type Places = Pick<Library, "locate" | "isOfLine">;

/**
 * Reads what a line is to work with.
 * @throws StationError library.missing, library.revision-used, file.* of the first document that cannot be used
 */
export async function loadDocuments(
  choice: LineChoice,
  library: Places,
  environment: Environment,
): Promise<LineDocuments> {
  const place = (kind: DocumentKind): Promise<string> => placeOf(library, kind, choice[kind]);
  return {
    ...(await openRecipe(await place("recipe"), environment)),
    ...(wantsTray(choice) ? {} : { fixture: await loadFixture(await place("fixture")) }),
    ...(wantsService(choice) ? {} : await profileAt(await place("profile"))),
    published: {
      ...((await isOfLine(library, "recipe", choice.recipe)) ? { recipe: true } : {}),
      ...((await isOfLine(library, "fixture", choice.fixture)) ? { fixture: true } : {}),
    },
  };
}

async function profileAt(path: string): Promise<Pick<LineDocuments, "profile" | "authorities">> {
  return { profile: await loadProfile(path), authorities: await loadAuthorities(path) };
}

async function isOfLine(library: Places, kind: DocumentKind, choice: DocumentChoice): Promise<boolean> {
  return "id" in choice && (await library.isOfLine({ kind, id: choice.id }));
}

async function placeOf(library: Places, kind: DocumentKind, choice: DocumentChoice): Promise<string> {
  if ("file" in choice) return choice.file;
  const path = await library.locate({ kind, id: choice.id });
  if (path === undefined) throw new StationError("station.internal", "a document has no file", { kind, id: choice.id });
  return path;
}
