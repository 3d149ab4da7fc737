import { createI18n, type LocaleMessages, type VueMessageType } from "vue-i18n";
import { LanguageSchema, type Language } from "../src/contract/desktop-settings.ts";

type Texts = LocaleMessages<VueMessageType>[string];

/** Every text of `locales/<language>/<screen>.json`. */
const FILES = import.meta.glob<Texts>("./locales/*/*.json", { eager: true, import: "default" });

/** The languages that the window speaks, by their own names. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  de: "Deutsch",
  "zh-CN": "简体中文",
  vi: "Tiếng Việt",
  es: "Español",
};

/** The texts; the language is chosen by the settings store. */
export function stationTexts() {
  const messages = Object.fromEntries(LanguageSchema.options.map((language) => [language, textsOf(language)]));
  return createI18n({ legacy: false, locale: "en", fallbackLocale: "en", messages });
}

/** A language's texts, those of a screen under its name. */
function textsOf(language: Language): Record<string, Texts> {
  const folder = `./locales/${language}/`;
  const own = Object.entries(FILES).filter(([path]) => path.startsWith(folder));
  return Object.fromEntries(own.map(([path, texts]) => [path.slice(folder.length, -".json".length), texts]));
}
