import { computed, shallowRef } from "vue";
import type { LibraryDocument } from "../../../src/contract/desktop-library.ts";
import type { EmbeddedFacts, ServiceFacts } from "../../../src/contract/desktop-service.ts";
import type { StationClient } from "../../api/station-client.ts";
import type { Attempts } from "./attempts.ts";
import type { ProfileDraft } from "./profile-draft.ts";

const KIND = "profile";

/** The library's profiles and the embedded service, as they were read last. */
export type ProfileShelf = ReturnType<typeof profileShelf>;

/** @param onOther told before another profile is opened than the one before */
export function profileShelf(client: StationClient, { tried }: Attempts, draft: ProfileDraft, onOther: () => void) {
  const list = shallowRef<readonly LibraryDocument[]>([]);
  const facts = shallowRef<ServiceFacts>();
  const embedded = shallowRef<EmbeddedFacts | null>(null);
  const document = computed(() => list.value.find((one) => one.id === draft.id.value) ?? draft.opened.value?.document);

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
    if (draft.opened.value === undefined && first !== undefined) await open(first.id);
  }

  /** Opens a profile; what was changed before and not saved is gone. */
  async function open(profile: string): Promise<void> {
    const read = await tried(async () => ({
      document: await client.ask("library.read", { kind: KIND, id: profile }),
      facts: await client.ask("service.facts", { profile }),
    }));
    if (read === undefined) return;
    if (profile !== draft.id.value) onOther();
    draft.show(read.answer.document);
    facts.value = read.answer.facts;
  }

  return { list, document, facts, embedded, load, open };
}
