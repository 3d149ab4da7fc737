import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import { DEFAULT_SETTINGS, type DesktopSettings } from "../../src/contract/desktop-settings.ts";
import { useStationClient } from "../api/station-client.ts";

/** What a person set; written through the main process, which keeps it. */
export const useSettings = defineStore("settings", () => {
  const client = useStationClient();
  const settings = shallowRef<DesktopSettings>(DEFAULT_SETTINGS);
  const known = ref(false);

  /** Takes over settings that the main process told. */
  function adopt(told: DesktopSettings): void {
    settings.value = told;
    known.value = true;
  }

  /** Changes some settings at once on the screen, and keeps what the main process answers. @throws StationError of the request */
  async function change(some: Partial<DesktopSettings>): Promise<void> {
    const before = settings.value;
    settings.value = { ...before, ...some };
    try {
      settings.value = await client.ask("settings.write", some);
    } catch (error) {
      settings.value = before;
      throw error;
    }
  }

  return { settings, known, adopt, change };
});
