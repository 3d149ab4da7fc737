import { reportOf } from "../../../src/core/error.ts";
import type { StationClient } from "../../api/station-client.ts";
import type { RecipesState } from "./recipes-state.ts";

/** How long typing must rest before the text is checked, in ms. */
const REST = 350;

/** Typing into the open recipe: the text is checked as it would be saved, once typing rests. */
export function recipeTyping(state: RecipesState, client: StationClient) {
  const { chosen, opened, drafts, problems, failure, checking, text, mayType } = state;
  const resting: { timer?: ReturnType<typeof setTimeout>; check: number } = { check: 0 };

  function type(typed: string): void {
    const id = chosen.value;
    if (id === undefined || !mayType.value) return;
    if (typed === opened.value?.text) drafts.delete(id);
    else drafts.set(id, typed);
    checking.value = true;
    clearTimeout(resting.timer);
    resting.timer = setTimeout(() => void check(), REST);
  }

  /** Checks the text now. Answers that are late, or about another recipe, count for nothing. */
  async function check(): Promise<void> {
    const id = chosen.value;
    const mine = begin();
    const newest = (): boolean => mine === resting.check && chosen.value === id;
    if (id !== undefined && mayType.value)
      try {
        const found = await client.ask("library.check", { kind: "recipe", id, text: text.value });
        if (newest()) problems.value = found.problems;
      } catch (error) {
        if (newest()) failure.value = reportOf(error);
      }
    if (mine === resting.check) checking.value = false;
  }

  /** Forgets what was typed. */
  function discard(): void {
    begin();
    if (chosen.value !== undefined) drafts.delete(chosen.value);
    problems.value = opened.value?.problems ?? [];
    checking.value = false;
  }

  function begin(): number {
    clearTimeout(resting.timer);
    resting.check += 1;
    return resting.check;
  }

  return { type, check, discard };
}
