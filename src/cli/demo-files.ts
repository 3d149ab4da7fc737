import { cp, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { StationError } from "../core/error.ts";

/** The training recipe of the demo. */
export const TRAINING_RECIPE = fileURLToPath(new URL("../../resources/recipes/training/recipe.yaml", import.meta.url));

/** The recipe of a demo that only gathers attestation tokens. */
export const GATHERING_RECIPE = fileURLToPath(
  new URL("../../resources/recipes/gather-tokens/recipe.yaml", import.meta.url),
);

/**
 * The recipe of the demo: the training recipe, or a copy of its folder in `dir` whose boards provision themselves.
 * @returns the path of the recipe
 * @throws StationError cli.folder
 */
export async function demoRecipe(dir: string, by: "station" | "serial-modem" | "zephyr-shell"): Promise<string> {
  if (by === "station") return TRAINING_RECIPE;
  const folder = join(dir, "recipe");
  const recipe = join(folder, basename(TRAINING_RECIPE));
  try {
    await cp(dirname(TRAINING_RECIPE), folder, { recursive: true });
    const text = await readFile(recipe, "utf8");
    await writeFile(recipe, `${text.trimEnd()}\nprovision:\n  by: ${by}\n`);
  } catch (cause) {
    throw new StationError("cli.folder", "the demo's recipe cannot be written", { folder }, { cause });
  }
  return recipe;
}

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
