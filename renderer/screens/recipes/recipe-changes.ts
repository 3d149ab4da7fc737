import type { StationClient } from "../../api/station-client.ts";
import type { RecipesState } from "./recipes-state.ts";

const kind = "recipe";

/** What changes the library. Each answers whether it worked; afterwards the library is shown as it is. */
export function recipeChanges(
  state: RecipesState,
  client: StationClient,
  show: (id: string | undefined) => Promise<void>,
) {
  const { chosen, drafts, busy, text, dirty, tried } = state;

  /** Does something with the open recipe, then opens what the work answers. */
  async function change(work: (id: string) => Promise<string | undefined>): Promise<boolean> {
    const id = chosen.value;
    if (busy.value || id === undefined) return false;
    busy.value = true;
    const worked = await tried(async () => show(await work(id)));
    busy.value = false;
    return worked;
  }

  /** Saves what was typed. */
  const save = () =>
    change(async (id) => {
      if (dirty.value) await client.ask("library.save", { kind, id, text: text.value, replace: true });
      drafts.delete(id);
      return id;
    });

  /**
   * Copies the open recipe under another name and opens the copy; what was typed and not saved goes on in the copy.
   * @param revision the copy's; absent: the same
   */
  const duplicate = (as: string, revision?: string) =>
    change(async (id) => {
      const typed = drafts.get(id);
      await client.ask("library.duplicate", { kind, id, as, ...(revision === undefined ? {} : { revision }) });
      if (typed === undefined) return as;
      drafts.set(as, revision === undefined ? typed : withRevision(typed, revision));
      drafts.delete(id);
      return as;
    });

  const remove = () =>
    change(async (id) => {
      await client.ask("library.remove", { kind, id });
      drafts.delete(id);
      return undefined;
    });

  return { save, duplicate, remove, ...otherChanges(client, change) };
}

type Change = (work: (id: string) => Promise<string | undefined>) => Promise<boolean>;

function otherChanges(client: StationClient, change: Change) {
  /** Lets the line work with the open recipe. */
  const use = () =>
    change(async (id) => {
      await client.ask("library.select", { kind, id });
      return id;
    });

  const importOthers = () =>
    change(async (id) => {
      const answer = await client.ask("library.import", { kind });
      return answer.kind === "imported" ? (answer.documents[0]?.id ?? id) : id;
    });

  /** Copies files beside the open recipe. */
  const attach = () =>
    change(async (id) => {
      await client.ask("library.attach", { kind, id });
      return id;
    });

  return { use, importOthers, attach };
}

/** The text with another revision, where it names one in a line of its own. */
function withRevision(text: string, revision: string): string {
  const line = /^(revision:[ ]*)(?:"[^"]*"|[^#\r\n]*?)([ ]*(?:#.*)?)$/m;
  return text.replace(line, (_line, before: string, after: string) => `${before}${JSON.stringify(revision)}${after}`);
}
