import type { FixtureFacts, ProfileFacts, RecipeFacts } from "../../src/contract/desktop-snapshot.ts";
import { recipeName } from "../../src/contract/recipe.ts";
import type { StationFiles } from "../../src/station/batch-plan.ts";
import { portLabel } from "../../src/station/port-label.ts";

/** What the window shows of the station's files; nothing that is secret. */
export function factsOf({ recipe: resolved, fixture, profile }: StationFiles): {
  readonly recipe: RecipeFacts;
  readonly fixture: FixtureFacts;
  readonly profile: ProfileFacts;
} {
  const { recipe, sha256 } = resolved;
  const { product, revision, description, boardSerial } = recipe;
  return {
    recipe: {
      ...{ name: recipeName(recipe), product, revision, sha256 },
      ...(description === undefined ? {} : { description }),
      ...(boardSerial === undefined ? {} : { boardSerial }),
    },
    fixture: {
      ...{ name: fixture.name, rows: fixture.rows, columns: fixture.columns },
      slots: fixture.slots.map(({ slot, row, column, port }) => ({ slot, row, column, port: portLabel(port) })),
    },
    profile: { name: profile.name, service: profile.service, transport: profile.transport },
  };
}
