import { FixtureSchema, type Fixture } from "../../src/contract/fixture.ts";

const WIDEST_TRAY = 16;

/** A tray about twice as wide as it is deep. */
export function trainingFixture(units: readonly { readonly slot: string; readonly link: string }[]): Fixture {
  const columns = Math.min(WIDEST_TRAY, units.length, Math.ceil(Math.sqrt(units.length * 2)));
  return FixtureSchema.parse({
    ...{ fixture: 1, name: "Training tray", rows: Math.ceil(units.length / columns), columns },
    line: { flowControl: "none" },
    slots: units.map(({ slot, link }, index) => ({
      ...{ slot, row: Math.floor(index / columns) + 1, column: (index % columns) + 1 },
      port: { tcp: link.replace("tcp://", "") },
    })),
  });
}
