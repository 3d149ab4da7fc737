import { nextTick, ref, shallowRef } from "vue";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import { useStationClient } from "../../api/station-client.ts";

/** What became of a page. */
export type PaperState =
  | { readonly kind: "asking" }
  | { readonly kind: "printed" }
  | { readonly kind: "saved"; readonly file: string }
  | { readonly kind: "failed"; readonly error: ErrorReport };

/** The page that is shown, on paper or as a PDF. Paper is always light. */
export function usePaper(shut: () => void) {
  const client = useStationClient();
  const state = shallowRef<PaperState>({ kind: "asking" });
  /** The page is being made: everything but the page itself is hidden. */
  const making = ref(false);

  async function onPaper(work: () => Promise<PaperState | undefined>): Promise<void> {
    const { dataset } = document.documentElement;
    const { theme } = dataset;
    making.value = true;
    dataset["theme"] = "light";
    await nextTick();
    try {
      const done = await work();
      if (done === undefined) shut();
      else state.value = done;
    } catch (error) {
      state.value = { kind: "failed", error: reportOf(error) };
    } finally {
      if (theme !== undefined) dataset["theme"] = theme;
      making.value = false;
    }
  }

  const print = () =>
    onPaper(async () => {
      const { kind } = await client.ask("page.print", null);
      return kind === "printed" ? { kind } : undefined;
    });
  const savePdf = (name: string) =>
    onPaper(async () => {
      const answer = await client.ask("page.savePdf", { name });
      return answer.kind === "saved" ? answer : undefined;
    });

  return { state, making, print, savePdf };
}

/** A file name out of a page's title: letters, digits, dots, dashes and blanks. */
export function paperName(title: string): string {
  const plain = title
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, " ")
    .trim()
    .slice(0, 90);
  return /^[\p{L}\p{N}]/u.test(plain) ? plain : `Station ${plain}`.trim();
}
