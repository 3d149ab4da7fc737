import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { EmbeddedFacts, ServiceFacts } from "../../../src/contract/desktop-service.ts";
import type { LibraryDocument, OpenedDocument } from "../../../src/contract/desktop-library.ts";
import type { Asks } from "../../../src/contract/desktop.ts";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import { useStationClient } from "../../api/station-client.ts";
import { useSession } from "../../stores/session.ts";
import { formOf, freeId, profileOf, type FormField, type ProfileForm } from "./profile-form.ts";
import { testRun } from "./test-run.ts";

const KIND = "profile";
const NONE: ReadonlySet<FormField> = new Set();

/** The library's profiles, the one that is open, its key and its test. */
export const useServices = defineStore("services", () => {
  const client = useStationClient();
  const session = useSession();
  const list = shallowRef<readonly LibraryDocument[]>([]);
  const opened = shallowRef<OpenedDocument>();
  const form = shallowRef<ProfileForm>();
  const saved = shallowRef<ProfileForm>();
  const facts = shallowRef<ServiceFacts>();
  const embedded = shallowRef<EmbeddedFacts | null>(null);
  const failure = shallowRef<ErrorReport>();
  const busy = ref(false);
  const test = testRun(client);

  const id = computed(() => opened.value?.document.id);
  const document = computed(() => list.value.find((one) => one.id === id.value) ?? opened.value?.document);
  const own = computed(() => opened.value?.document.origin === "own");
  const editable = computed(() => own.value && session.mayEdit);
  const dirty = computed(() => JSON.stringify(form.value) !== JSON.stringify(saved.value));
  const result = computed(() => (form.value === undefined ? undefined : profileOf(form.value)));
  const wrong = computed(() => (result.value?.ok === false ? result.value.wrong : NONE));

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

  /** Reads the list and the embedded service again; opens the profile in use where none is open yet. */
  async function load(): Promise<void> {
    const read = await tried(async () => ({
      documents: await client.ask("library.list", { kind: KIND }),
      service: await client.ask("service.embedded", null),
    }));
    if (read === undefined) return;
    list.value = read.answer.documents;
    embedded.value = read.answer.service;
    const first = list.value.find(({ inUse }) => inUse) ?? list.value[0];
    if (opened.value === undefined && first !== undefined) await open(first.id);
  }

  /** Opens a profile; what was changed before and not saved is gone. */
  async function open(profile: string): Promise<void> {
    const read = await tried(async () => ({
      document: await client.ask("library.read", { kind: KIND, id: profile }),
      facts: await client.ask("service.facts", { profile }),
    }));
    if (read === undefined) return;
    if (profile !== id.value) test.forget();
    show(read.answer.document);
    facts.value = read.answer.facts;
  }

  function show(read: OpenedDocument): void {
    opened.value = read;
    form.value = read.parsed?.kind === "profile" ? formOf(read.parsed.profile) : undefined;
    saved.value = form.value;
  }

  function edit(some: Partial<ProfileForm>): void {
    if (form.value !== undefined && editable.value) form.value = { ...form.value, ...some };
  }

  function revert(): void {
    form.value = saved.value;
  }

  async function save(): Promise<void> {
    const profile = id.value;
    if (profile === undefined || result.value?.ok !== true) return;
    const fields = result.value.profile;
    if ((await tried(() => client.ask("service.write", { profile, fields }))) === undefined) return;
    await load();
    await open(profile);
  }

  async function duplicate(): Promise<void> {
    const from = id.value;
    if (from === undefined) return;
    const as = freeId(
      `${from}-copy`,
      list.value.map((one) => one.id),
    );
    if ((await tried(() => client.ask("library.duplicate", { kind: KIND, id: from, as }))) === undefined) return;
    await load();
    await open(as);
  }

  async function remove(): Promise<void> {
    const gone = id.value;
    if (gone === undefined) return;
    if ((await tried(() => client.ask("library.remove", { kind: KIND, id: gone }))) === undefined) return;
    opened.value = undefined;
    await load();
  }

  async function importFiles(): Promise<void> {
    const read = await tried(() => client.ask("library.import", { kind: KIND }));
    if (read?.answer.kind !== "imported") return;
    await load();
    const [first] = read.answer.documents;
    if (first !== undefined) await open(first.id);
  }

  /** Makes the line work with a document from now on. */
  async function use(kind: "profile" | "fixture", chosen: string): Promise<void> {
    await tried(() => client.ask("library.select", { kind, id: chosen }));
    const was = failure.value;
    await load();
    failure.value ??= was;
  }

  /** Takes a CA file in; answers its name for the profile. */
  async function pickCa(): Promise<string | undefined> {
    const profile = id.value;
    if (profile === undefined) return undefined;
    const read = await tried(() => client.ask("service.pick-ca", { profile }));
    return read?.answer.kind === "picked" ? read.answer.file : undefined;
  }

  type Keep = Asks<"service.enter-key">["keep"];

  /** Gives the key on and keeps nothing of it; answers whether it was taken. */
  async function enterKey(key: string, keep: Keep): Promise<boolean> {
    const profile = id.value;
    if (profile === undefined) return false;
    const read = await tried(() => client.ask("service.enter-key", { profile, key, keep }));
    if (read !== undefined) facts.value = read.answer;
    return read !== undefined;
  }

  async function forgetKey(): Promise<void> {
    const profile = id.value;
    if (profile === undefined) return;
    const read = await tried(() => client.ask("service.forget-key", { profile }));
    if (read !== undefined) facts.value = read.answer;
  }

  /** Tests the profile as it stands: what was changed in the form is tested too. */
  async function runTest(): Promise<void> {
    const profile = id.value;
    if (profile === undefined) return;
    const changed = dirty.value && result.value?.ok === true;
    await test.run(changed && result.value?.ok === true ? { profile, fields: result.value.profile } : { profile });
  }

  const state = { list, id, document, opened, form, facts, embedded, failure, busy, own, editable, dirty, wrong };
  const tests = { test: test.test, testing: test.running, testFailure: test.failure, runTest, cancelTest: test.cancel };
  return {
    ...{ ...state, ...tests, load, open, edit, revert, save, duplicate, remove },
    ...{ importFiles, use, pickCa, enterKey, forgetKey },
  };
});
