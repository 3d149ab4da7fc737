import { computed, shallowRef, watch } from "vue";
import type { Operator, OperatorList } from "../../../src/contract/desktop-session.ts";
import type { Asks, RequestKind } from "../../../src/contract/desktop.ts";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import { useStationClient } from "../../api/station-client.ts";
import { useSession } from "../../stores/session.ts";

type Change = Extract<RequestKind, `operators.${string}`>;

/** The list of operators as far as whoever is here may see it, and its changes. */
export function useOperators() {
  const client = useStationClient();
  const session = useSession();
  const list = shallowRef<OperatorList>();
  const failure = shallowRef<ErrorReport>();
  /** An engineer sees all of it; others see who may sign in. */
  const shown = computed((): readonly Operator[] =>
    session.mayEdit && list.value !== undefined
      ? list.value.operators
      : session.people.map((person) => ({ ...person, enabled: true })),
  );

  /** Asks for a change; answers whether it was made. */
  async function change<Kind extends Change>(kind: Kind, asks: Asks<Kind>): Promise<boolean> {
    try {
      await client.ask(kind, asks);
      if (session.mayEdit) list.value = await client.ask("operators.list", null);
      failure.value = undefined;
      return true;
    } catch (error) {
      failure.value = reportOf(error);
      return false;
    }
  }

  watch(
    () => session.mayEdit,
    async (may) => {
      list.value = undefined;
      if (may) await change("operators.list", null);
    },
    { immediate: true },
  );

  return { list, shown, failure, change };
}
