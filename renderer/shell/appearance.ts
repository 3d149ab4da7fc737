import { onBeforeUnmount, shallowRef, watchEffect } from "vue";
import { useI18n } from "vue-i18n";
import { useTheme } from "vuetify";
import { useSettings } from "../stores/settings.ts";

const DARK = "(prefers-color-scheme: dark)";

/** Keeps the page's theme and language as the settings say; `system` follows the system's scheme while it changes. */
export function useAppearance(): void {
  const store = useSettings();
  const theme = useTheme();
  const { locale } = useI18n();
  const query = matchMedia(DARK);
  const systemDark = shallowRef(query.matches);
  const follow = (): void => {
    systemDark.value = query.matches;
  };
  query.addEventListener("change", follow);
  onBeforeUnmount(() => query.removeEventListener("change", follow));

  watchEffect(() => {
    const chosen = store.settings.theme;
    const shown = chosen === "system" ? (systemDark.value ? "dark" : "light") : chosen;
    document.documentElement.dataset["theme"] = shown;
    void theme.change(shown);
  });
  watchEffect(() => {
    locale.value = store.settings.language;
    document.documentElement.lang = store.settings.language;
  });
}
