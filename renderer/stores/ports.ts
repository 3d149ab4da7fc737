import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import { WATCH_SECONDS, type PortsTelling } from "../../src/contract/desktop-ports.ts";
import type { Port } from "../../src/contract/port.ts";
import { reportOf, type ErrorReport } from "../../src/core/error.ts";
import { useStationClient } from "../api/station-client.ts";

/** Well before the main process forgets that somebody looks, in ms. */
const RENEW = (WATCH_SECONDS * 1000) / 3;

/** The ports of this computer as they come and go, while a screen looks at them. */
export const usePorts = defineStore("ports", () => {
  const client = useStationClient();
  const ports = shallowRef<readonly Port[]>([]);
  const fault = shallowRef<ErrorReport>();
  const known = ref(false);

  function adopt(telling: PortsTelling): void {
    ports.value = telling.ports;
    fault.value = telling.fault;
    known.value = true;
  }

  /** Looks from now on; the answer ends it. */
  function follow(): () => void {
    const end = client.listen("ports", adopt);
    const renew = (): void => void client.ask("ports.watch", { on: true }).catch(note);
    renew();
    client.ask("ports.list", null).then(adopt, note);
    const timer = setInterval(renew, RENEW);
    return () => {
      clearInterval(timer);
      end();
      client.ask("ports.watch", { on: false }).catch(() => undefined);
    };
  }

  function note(error: unknown): void {
    fault.value = reportOf(error);
  }

  return { ports, fault, known, follow };
});
