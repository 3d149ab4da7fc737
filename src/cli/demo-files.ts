import { fileURLToPath } from "node:url";

/** The training recipe of the demo. */
export const TRAINING_RECIPE = fileURLToPath(new URL("../../resources/recipes/training/recipe.yaml", import.meta.url));

const WIDEST_TRAY = 8;

/** The fixture of simulated modems, as a person would write it: a tray about twice as wide as it is deep. */
export function demoFixture(units: readonly { readonly slot: string; readonly link: string }[]): unknown {
  const columns = Math.min(WIDEST_TRAY, Math.max(1, Math.ceil(Math.sqrt(units.length * 2))));
  return {
    fixture: 1,
    name: "Demo tray",
    rows: Math.ceil(units.length / columns),
    columns,
    line: { flowControl: "none" },
    slots: units.map(({ slot, link }, index) => ({
      slot,
      row: Math.floor(index / columns) + 1,
      column: (index % columns) + 1,
      port: { tcp: link.replace("tcp://", "") },
    })),
  };
}
