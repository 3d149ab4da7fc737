import { computed, shallowRef } from "vue";
import type { OpenedDocument } from "../../../src/contract/desktop-library.ts";
import { formOf, profileOf, type FormField, type ProfileForm } from "./profile-form.ts";

const NONE: ReadonlySet<FormField> = new Set();

/** The profile that is open, as it is and as it is being changed. */
export type ProfileDraft = ReturnType<typeof profileDraft>;

export function profileDraft() {
  const opened = shallowRef<OpenedDocument>();
  const form = shallowRef<ProfileForm>();
  const saved = shallowRef<ProfileForm>();
  const id = computed(() => opened.value?.document.id);
  const own = computed(() => opened.value?.document.origin === "own");
  const dirty = computed(() => JSON.stringify(form.value) !== JSON.stringify(saved.value));
  /** CAs that the form has no fields for. */
  const further = computed(() => {
    const parsed = opened.value?.parsed;
    return parsed?.kind === "profile" ? (parsed.profile.authorities ?? []).slice(1) : [];
  });
  const result = computed(() => (form.value === undefined ? undefined : profileOf(form.value, further.value)));
  const wrong = computed(() => (result.value?.ok === false ? result.value.wrong : NONE));
  /** The profile that the form stands for; undefined where it stands for none. */
  const fields = computed(() => (result.value?.ok === true ? result.value.profile : undefined));

  function show(read: OpenedDocument): void {
    opened.value = read;
    form.value = read.parsed?.kind === "profile" ? formOf(read.parsed.profile) : undefined;
    saved.value = form.value;
  }

  function edit(some: Partial<ProfileForm>): void {
    if (form.value !== undefined) form.value = { ...form.value, ...some };
  }

  function revert(): void {
    form.value = saved.value;
  }

  return { opened, form, id, own, dirty, wrong, fields, show, edit, revert };
}
