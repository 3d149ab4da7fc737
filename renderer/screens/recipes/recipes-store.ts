import { defineStore } from "pinia";
import { computed, reactive, ref, shallowRef, watch } from "vue";
import type { DocumentProblem, LibraryDocument, OpenedDocument } from "../../../src/contract/desktop-library.ts";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import { useStationClient } from "../../api/station-client.ts";
import { useSession } from "../../stores/session.ts";
import { useStation } from "../../stores/station.ts";

/** How long typing must rest before the text is checked, in ms. */
const REST = 350;

const kind = "recipe";

/** The text with another revision, where it names one in a line of its own. */
function withRevision(text: string, revision: string): string {
  return text.replace(
    /^(revision:[ ]*)(?:"[^"]*"|[^#\r\n]*?)([ ]*(?:#.*)?)$/m,
    (_line, before: string, after: string) => {
      return `${before}${JSON.stringify(revision)}${after}`;
    },
  );
}

/** The library of recipes: the list, the one that is open, and what was typed into each and not saved yet. */
export const useRecipes = defineStore("recipes", () => {
  const client = useStationClient();
  const station = useStation();
  const session = useSession();
  const list = shallowRef<readonly LibraryDocument[]>();
  const chosen = ref<string>();
  const opened = shallowRef<OpenedDocument>();
  /** What was typed, by recipe; it stays while others are looked at. */
  const drafts = reactive(new Map<string, string>());
  const problems = shallowRef<readonly DocumentProblem[]>([]);
  const failure = shallowRef<ErrorReport>();
  const busy = ref(false);
  const resting: { timer?: ReturnType<typeof setTimeout>; check: number } = { check: 0 };

  const document = computed(() => opened.value?.document);
  const text = computed(() => draftOf(chosen.value) ?? opened.value?.text ?? "");
  const dirty = computed(() => draftOf(chosen.value) !== undefined);
  /** The open text may be typed into. */
  const mayType = computed(() => session.mayEdit && document.value?.origin === "own");
  const checking = ref(false);

  function draftOf(id: string | undefined): string | undefined {
    return id === undefined ? undefined : drafts.get(id);
  }

  /** Asks for the list, and for the open recipe as it is now. */
  async function load(): Promise<void> {
    await tried(async () => {
      list.value = await client.ask("library.list", { kind });
      const there = list.value.some(({ id }) => id === chosen.value);
      const first = list.value.find(({ inUse }) => inUse) ?? list.value[0];
      await read(there ? chosen.value : first?.id);
    });
  }

  /** Opens a recipe; what was typed into the one before stays with it. */
  async function open(id: string): Promise<void> {
    await tried(() => read(id));
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
    if (dirty.value) await check();
  }

  function type(typed: string): void {
    const id = chosen.value;
    if (id === undefined || !mayType.value) return;
    if (typed === opened.value?.text) drafts.delete(id);
    else drafts.set(id, typed);
    checking.value = true;
    clearTimeout(resting.timer);
    resting.timer = setTimeout(() => void check(), REST);
  }

  async function check(): Promise<void> {
    const id = chosen.value;
    clearTimeout(resting.timer);
    const mine = ++resting.check;
    if (id === undefined || !mayType.value) {
      checking.value = false;
      return;
    }
    try {
      const found = await client.ask("library.check", { kind, id, text: text.value });
      if (mine === resting.check && chosen.value === id) problems.value = found.problems;
    } catch (error) {
      if (mine === resting.check) failure.value = reportOf(error);
    } finally {
      if (mine === resting.check) checking.value = false;
    }
  }

  /** Saves what was typed. Answers whether it worked. */
  function save(): Promise<boolean> {
    const id = chosen.value;
    if (id === undefined || !dirty.value) return Promise.resolve(false);
    return change(async () => {
      await client.ask("library.save", { kind, id, text: text.value, replace: true });
      drafts.delete(id);
      return id;
    });
  }

  /** Forgets what was typed. */
  function discard(): void {
    if (chosen.value !== undefined) drafts.delete(chosen.value);
    problems.value = opened.value?.problems ?? [];
    clearTimeout(resting.timer);
    resting.check += 1;
    checking.value = false;
  }

  /**
   * Copies the open recipe under another name and opens the copy; what was typed and not saved goes on in the copy.
   * @param revision the copy's; absent: the same
   */
  function duplicate(as: string, revision?: string): Promise<boolean> {
    const id = chosen.value;
    if (id === undefined) return Promise.resolve(false);
    return change(async () => {
      const typed = drafts.get(id);
      await client.ask("library.duplicate", { kind, id, as, ...(revision === undefined ? {} : { revision }) });
      if (typed === undefined) return as;
      drafts.set(as, revision === undefined ? typed : withRevision(typed, revision));
      drafts.delete(id);
      return as;
    });
  }

  function remove(): Promise<boolean> {
    const id = chosen.value;
    if (id === undefined) return Promise.resolve(false);
    return change(async () => {
      await client.ask("library.remove", { kind, id });
      drafts.delete(id);
      return undefined;
    });
  }

  /** Lets the line work with the open recipe. */
  function use(): Promise<boolean> {
    const id = chosen.value;
    if (id === undefined) return Promise.resolve(false);
    return change(async () => {
      await client.ask("library.select", { kind, id });
      return id;
    });
  }

  function importOthers(): Promise<boolean> {
    return change(async () => {
      const answer = await client.ask("library.import", { kind });
      return answer.kind === "imported" ? (answer.documents[0]?.id ?? chosen.value) : chosen.value;
    });
  }

  /** Copies files beside the open recipe. */
  function attach(): Promise<boolean> {
    const id = chosen.value;
    if (id === undefined) return Promise.resolve(false);
    return change(async () => {
      await client.ask("library.attach", { kind, id });
      return id;
    });
  }

  /** Does something that changes the library, then shows it as it is with what the work answers open. */
  async function change(work: () => Promise<string | undefined>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    const worked = await tried(async () => {
      chosen.value = await work();
      list.value = await client.ask("library.list", { kind });
      const there = list.value.some(({ id }) => id === chosen.value);
      await read(there ? chosen.value : list.value[0]?.id);
    });
    busy.value = false;
    return worked;
  }

  async function tried(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      failure.value = undefined;
      return true;
    } catch (error) {
      failure.value = reportOf(error);
      return false;
    }
  }

  // Whoever set the line up, here or elsewhere: the list says what is in use.
  watch(
    () => station.facts?.recipe.sha256,
    (_after, before) => {
      if (before !== undefined && list.value !== undefined && !busy.value) void load();
    },
  );

  const shown = { list, chosen, opened, document, text, dirty, drafts, mayType, problems, checking, failure, busy };
  return { ...shown, load, open, type, check, save, discard, duplicate, remove, use, importOthers, attach };
});
