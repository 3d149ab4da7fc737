import type { Asks } from "../../../src/contract/desktop.ts";
import type { StationClient } from "../../api/station-client.ts";
import type { Attempts } from "./attempts.ts";
import type { ProfileDraft } from "./profile-draft.ts";
import { freeId } from "./profile-form.ts";
import type { ProfileShelf } from "./profile-shelf.ts";

const KIND = "profile";

/** What can be done with the profile that is open, and with the library. */
export function profileActions(client: StationClient, attempts: Attempts, draft: ProfileDraft, shelf: ProfileShelf) {
  const { tried, failure } = attempts;

  /** Does work with the profile that is open; undefined where none is, or when it failed. */
  async function withOpen<Answer>(work: (profile: string) => Promise<Answer>) {
    const profile = draft.id.value;
    return profile === undefined ? undefined : tried(() => work(profile));
  }

  async function save(): Promise<void> {
    const [profile, fields] = [draft.id.value, draft.fields.value];
    if (profile === undefined || fields === undefined) return;
    if ((await tried(() => client.ask("service.write", { profile, fields }))) === undefined) return;
    await shelf.load();
    await shelf.open(profile);
  }

  async function duplicate(): Promise<void> {
    const ids = shelf.list.value.map(({ id }) => id);
    const made = await withOpen((id) => {
      return client.ask("library.duplicate", { kind: KIND, id, as: freeId(`${id}-copy`, ids) });
    });
    if (made === undefined) return;
    await shelf.load();
    await shelf.open(made.answer.id);
  }

  async function remove(): Promise<void> {
    if ((await withOpen((id) => client.ask("library.remove", { kind: KIND, id }))) === undefined) return;
    draft.opened.value = undefined;
    await shelf.load();
  }

  async function importFiles(): Promise<void> {
    const read = await tried(() => client.ask("library.import", { kind: KIND }));
    if (read?.answer.kind !== "imported") return;
    await shelf.load();
    const [first] = read.answer.documents;
    if (first !== undefined) await shelf.open(first.id);
  }

  /** Makes the line work with a document from now on. */
  async function use(kind: "profile" | "fixture", id: string): Promise<void> {
    await tried(() => client.ask("library.select", { kind, id }));
    const was = failure.value;
    await shelf.load();
    failure.value ??= was;
  }

  return { save, duplicate, remove, importFiles, use, ...keyActions(client, withOpen, shelf) };
}

type WithOpen = <Answer>(
  work: (profile: string) => Promise<Answer>,
) => Promise<{ readonly answer: Answer } | undefined>;

function keyActions(client: StationClient, withOpen: WithOpen, shelf: ProfileShelf) {
  /** Takes a CA file in; answers its name for the profile. */
  async function pickCa(): Promise<string | undefined> {
    const read = await withOpen((profile) => client.ask("service.pick-ca", { profile }));
    return read?.answer.kind === "picked" ? read.answer.file : undefined;
  }

  /** Gives the key on and keeps nothing of it; answers whether it was taken. */
  async function enterKey(key: string, keep: Asks<"service.enter-key">["keep"]): Promise<boolean> {
    const read = await withOpen((profile) => client.ask("service.enter-key", { profile, key, keep }));
    if (read !== undefined) shelf.facts.value = read.answer;
    return read !== undefined;
  }

  async function forgetKey(): Promise<void> {
    const read = await withOpen((profile) => client.ask("service.forget-key", { profile }));
    if (read !== undefined) shelf.facts.value = read.answer;
  }

  return { pickCa, enterKey, forgetKey };
}
