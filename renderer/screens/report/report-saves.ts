import { ref, shallowRef } from "vue";
import type { SaveAsked } from "../../../src/contract/desktop-report.ts";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import type { StationClient } from "../../api/station-client.ts";

/** What came of saving a part of the report; told until it is dismissed or something else is saved. */
export type SaveState =
  { readonly kind: "done"; readonly file: string } | { readonly kind: "failed"; readonly error: ErrorReport };

/** Saving of pictures and numbers, one at a time. */
export function reportSaves(client: StationClient) {
  const state = shallowRef<SaveState>();
  const saving = ref(false);

  async function save(asks: SaveAsked): Promise<void> {
    if (saving.value) return;
    saving.value = true;
    try {
      const answer = await client.ask("report.save", asks);
      state.value = answer.kind === "saved" ? { kind: "done", file: answer.file } : undefined;
    } catch (error) {
      state.value = { kind: "failed", error: reportOf(error) };
    } finally {
      saving.value = false;
    }
  }

  function dismiss(): void {
    state.value = undefined;
  }

  return { state, save, dismiss };
}
