import type { OpenedDocument } from "../../src/contract/desktop-library.ts";
import { fixtureText } from "../../src/station/files/fixture-text.ts";
import type { Handlers } from "../ipc/handlers.ts";

/** Writes fixtures that the window's editor made, as files that people read. */
export function fixtureHandlers(
  library: Pick<Handlers, "library.read" | "library.save">,
): Pick<Handlers, "fixture.write"> {
  return {
    "fixture.write": async ({ id, fixture, replace }) => {
      const before = replace ? await textOf(library, id) : undefined;
      return library["library.save"]({ kind: "fixture", id, text: fixtureText(fixture, before), replace });
    },
  };
}

/** The text that is replaced; what cannot be read leaves nothing to keep. */
async function textOf(library: Pick<Handlers, "library.read">, id: OpenedDocument["document"]["id"]) {
  try {
    return (await library["library.read"]({ kind: "fixture", id })).text;
  } catch {
    return undefined;
  }
}
