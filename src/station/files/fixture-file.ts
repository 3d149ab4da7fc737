import { FixtureSchema, type Fixture } from "../../contract/fixture.ts";
import { checkDocument, readDocument } from "./load-document.ts";

/**
 * Reads a fixture.
 * @throws StationError file.*; every problem is listed with line, column, field and limit
 */
export async function loadFixture(path: string): Promise<Fixture> {
  return checkFixture(await readDocument(path), path);
}

/** As {@link loadFixture}, for a text that was read already. */
export function checkFixture(text: string, path: string): Fixture {
  return checkDocument(text, path, FixtureSchema).value;
}
