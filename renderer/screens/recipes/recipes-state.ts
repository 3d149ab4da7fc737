import { computed, reactive, ref, shallowRef } from "vue";
import type { DocumentProblem, LibraryDocument, OpenedDocument } from "../../../src/contract/desktop-library.ts";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import { useSession } from "../../stores/session.ts";

/** What the Recipes screen shows: the list, the recipe that is open, and what was typed into each and not saved yet. */
export function recipesState() {
  const session = useSession();
  const list = shallowRef<readonly LibraryDocument[]>();
  const chosen = ref<string>();
  const opened = shallowRef<OpenedDocument>();
  /** What was typed, by recipe; it stays while others are looked at. */
  const drafts = reactive(new Map<string, string>());
  const problems = shallowRef<readonly DocumentProblem[]>([]);
  const failure = shallowRef<ErrorReport>();
  const busy = ref(false);
  /** What was typed last has not been checked yet. */
  const checking = ref(false);

  const document = computed(() => opened.value?.document);
  const draft = computed(() => (chosen.value === undefined ? undefined : drafts.get(chosen.value)));
  const text = computed(() => draft.value ?? opened.value?.text ?? "");
  const dirty = computed(() => draft.value !== undefined);
  /** The open text may be typed into. */
  const mayType = computed(() => session.mayEdit && document.value?.origin === "own");

  /** Does some work; what it fails with is shown. Answers whether it worked. */
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

  return { list, chosen, opened, drafts, problems, failure, busy, checking, document, text, dirty, mayType, tried };
}

export type RecipesState = ReturnType<typeof recipesState>;
