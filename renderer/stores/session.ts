import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { mayAct, OPEN_SESSION, type Session } from "../../src/contract/desktop-session.ts";
import { useStationClient } from "../api/station-client.ts";
import { useSettings } from "./settings.ts";
import { useStation } from "./station.ts";

/** A name or a badge, and the PIN where there is one. */
export type Credentials =
  { readonly name: string; readonly pin?: string } | { readonly badge: string; readonly pin?: string };

/** Who works at the station, and what that person may do. The main process keeps and enforces it. */
export const useSession = defineStore("session", () => {
  const client = useStationClient();
  const station = useStation();
  const settings = useSettings();
  const session = computed((): Session => station.facts?.session ?? OPEN_SESSION);
  /** Nobody is on the list of operators: everybody may do everything. */
  const open = computed(() => session.value.open);
  /** The name that runs record; undefined: nobody is signed in, or nobody has written a name at an open station. */
  const operator = computed(
    () => (open.value ? settings.settings.operator : session.value.operator?.name) ?? undefined,
  );
  const role = computed(() => session.value.operator?.role);
  /** Whoever is here may change recipes, fixtures, service, operators. */
  const mayEdit = computed(() => mayAct(session.value, "engineer"));
  /** Whoever is here may start and export. */
  const mayWork = computed(() => mayAct(session.value, "operator"));
  const people = computed(() => session.value.people);
  /** The sign-in panel is shown; set it to ask for it. */
  const asking = ref(false);

  /** @throws StationError operators.* */
  const signIn = (credentials: Credentials) => client.ask("session.signIn", credentials);

  /** @throws StationError of the request */
  async function signOut(): Promise<void> {
    await client.ask("session.signOut", null);
  }

  return { open, operator, role, mayEdit, mayWork, people, asking, signIn, signOut };
});
