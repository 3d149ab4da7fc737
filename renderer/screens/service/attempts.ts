import { ref, shallowRef } from "vue";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";

/** Work that is asked of the main process: whether some is under way, and why the last one failed. */
export type Attempts = ReturnType<typeof attemptBook>;

export function attemptBook() {
  const busy = ref(false);
  const failure = shallowRef<ErrorReport>();

  /** The answer in a box; undefined when the work failed, which `failure` tells then. */
  async function tried<Answer>(work: () => Promise<Answer>): Promise<{ readonly answer: Answer } | undefined> {
    busy.value = true;
    try {
      const answer = await work();
      failure.value = undefined;
      return { answer };
    } catch (error) {
      failure.value = reportOf(error);
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  return { busy, failure, tried };
}
