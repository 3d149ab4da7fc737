import { defineStore } from "pinia";
import { computed } from "vue";
import { useStationClient } from "../../api/station-client.ts";
import { useSession } from "../../stores/session.ts";
import { attemptBook } from "./attempts.ts";
import { profileActions } from "./profile-actions.ts";
import { profileDraft } from "./profile-draft.ts";
import type { ProfileForm } from "./profile-form.ts";
import { profileShelf } from "./profile-shelf.ts";
import { testRun } from "./test-run.ts";

/** The library's profiles, the one that is open, its key and its test. */
export const useServices = defineStore("services", () => {
  const client = useStationClient();
  const session = useSession();
  const attempts = attemptBook();
  const draft = profileDraft();
  const test = testRun(client);
  const shelf = profileShelf(client, attempts, draft, () => test.forget());
  const actions = profileActions(client, attempts, draft, shelf);
  const editable = computed(() => draft.own.value && session.mayEdit);

  function edit(some: Partial<ProfileForm>): void {
    if (editable.value) draft.edit(some);
  }

  /** Tests the profile as it stands: what was changed in the form is tested too. */
  async function runTest(): Promise<void> {
    const [profile, fields] = [draft.id.value, draft.fields.value];
    if (profile === undefined) return;
    await test.run(draft.dirty.value && fields !== undefined ? { profile, fields } : { profile });
  }

  const { opened, form, id, own, dirty, wrong, revert } = draft;
  const { list, document, facts, embedded, load, open } = shelf;
  const { busy, failure } = attempts;
  const tests = { test: test.test, testing: test.running, testFailure: test.failure, runTest, cancelTest: test.cancel };
  return {
    ...{ list, id, document, opened, form, facts, embedded, failure, busy, own, editable, dirty, wrong },
    ...{ ...tests, ...actions, load, open, edit, revert },
  };
});
