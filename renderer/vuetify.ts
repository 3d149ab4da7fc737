import { createVuetify, type ThemeDefinition } from "vuetify";
import { aliases, mdi } from "vuetify/iconsets/mdi-svg";
import tokensCss from "./styles/tokens.css?raw";
import { tokenThemes, type TokenColours } from "./styles/tokens.ts";

/** Vuetify's colour names and the tokens that they stand for; every `on-` colour is explicit, so that contrast is checked. */
const COLOURS = {
  background: "canvas",
  "on-background": "ink",
  surface: "raised",
  "on-surface": "ink",
  "surface-light": "surface",
  "on-surface-light": "ink",
  "surface-bright": "raised",
  "on-surface-bright": "ink",
  "surface-variant": "inverse",
  "on-surface-variant": "on-inverse",
  primary: "accent-fill",
  "on-primary": "on-accent",
  secondary: "ink-2",
  "on-secondary": "raised",
  info: "accent",
  "on-info": "raised",
  success: "pass-fill",
  "on-success": "on-pass",
  warning: "error-fill",
  "on-warning": "on-error",
  error: "fail-fill",
  "on-error": "on-fail",
  "station-error": "error-fill",
  "on-station-error": "on-error",
  aborted: "aborted-fill",
  "on-aborted": "on-aborted",
  training: "training",
  "on-training": "on-training",
} as const;

/** Vuetify with both themes made of the tokens; the theme is chosen by the settings store. */
export function stationVuetify() {
  const { light, dark } = tokenThemes(tokensCss);
  return createVuetify({
    icons: { defaultSet: "mdi", aliases, sets: { mdi } },
    theme: {
      cspNonce: styleNonce(),
      defaultTheme: "light",
      themes: { light: themeOf(light, false), dark: themeOf(dark, true) },
    },
    defaults: {
      VBtn: { height: 44, rounded: "md", elevation: 0 },
      VTextField: { variant: "outlined" },
      VDataTableVirtual: { itemHeight: 44 },
    },
  });
}

/** What the content security policy wants of style elements; the main process puts it into the page. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}

function themeOf(tokens: TokenColours, dark: boolean): ThemeDefinition {
  const colors = Object.fromEntries(Object.entries(COLOURS).map(([name, token]) => [name, tokens[token] ?? ""]));
  return {
    dark,
    colors,
    variables: {
      "border-color": tokens["line-strong"] ?? "",
      "high-emphasis-opacity": 1,
      "medium-emphasis-opacity": 1,
    },
  };
}
