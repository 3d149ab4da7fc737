import { FixtureSchema, type Fixture } from "../../contract/fixture.ts";
import { loadDocument } from "./load-document.ts";

/**
 * Reads a fixture.
 * @throws StationError file.*; every problem is listed with line, column, field and limit
 */
export async function loadFixture(path: string): Promise<Fixture> {
  return (await loadDocument(path, FixtureSchema)).value;
}
