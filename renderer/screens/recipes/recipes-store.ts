import { defineStore } from "pinia";
import { watch } from "vue";
import { useStationClient } from "../../api/station-client.ts";
import { useStation } from "../../stores/station.ts";
import { recipeChanges } from "./recipe-changes.ts";
import { recipeTyping } from "./recipe-typing.ts";
import { recipesState } from "./recipes-state.ts";

const kind = "recipe";

/** The library of recipes and what is done with it. */
export const useRecipes = defineStore("recipes", () => {
  const client = useStationClient();
  const station = useStation();
  const { tried, ...state } = recipesState();
  const { list, chosen, opened, problems, busy, dirty } = state;
  const typing = recipeTyping({ ...state, tried }, client);
  const changes = recipeChanges({ ...state, tried }, client, show);

  /** Shows the library as it is now. */
  async function load(): Promise<void> {
    await tried(() => show(chosen.value));
  }

  /** Opens a recipe; what was typed into the one before stays with it. */
  async function open(id: string): Promise<void> {
    await tried(() => read(id));
  }

  /** Asks for the list, and opens a recipe of it: where it is not there, the one that the line works with. */
  async function show(id: string | undefined): Promise<void> {
    const now = await client.ask("library.list", { kind });
    list.value = now;
    const there = now.some((document) => document.id === id);
    await read(there ? id : (now.find(({ inUse }) => inUse) ?? now[0])?.id);
  }

  async function read(id: string | undefined): Promise<void> {
    chosen.value = id;
    if (id === undefined) {
      opened.value = undefined;
      return;
    }
    const found = await client.ask("library.read", { kind, id });
    // Another one may have been opened meanwhile.
    if (chosen.value !== id) return;
    opened.value = found;
    problems.value = found.problems;
    if (dirty.value) await typing.check();
  }

  // Whoever set the line up, here or elsewhere: the list says what is in use.
  watch(
    () => station.facts?.recipe.sha256,
    (_after, before) => {
      if (before !== undefined && list.value !== undefined && !busy.value) void load();
    },
  );

  return { ...state, load, open, ...typing, ...changes };
});
