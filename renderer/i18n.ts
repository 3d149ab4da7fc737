import { createI18n } from "vue-i18n";
import type { Language } from "../src/contract/desktop-settings.ts";
import deFaults from "./locales/de/faults.json";
import deFixtures from "./locales/de/fixtures.json";
import deHistory from "./locales/de/history.json";
import deLine from "./locales/de/line.json";
import deRecipes from "./locales/de/recipes.json";
import deRemedies from "./locales/de/remedies.json";
import deReport from "./locales/de/report.json";
import deHelp from "./locales/de/help.json";
import dePaper from "./locales/de/paper.json";
import deService from "./locales/de/service.json";
import deSession from "./locales/de/session.json";
import deSettings from "./locales/de/settings.json";
import deShell from "./locales/de/shell.json";
import deUnit from "./locales/de/unit.json";
import enFaults from "./locales/en/faults.json";
import enFixtures from "./locales/en/fixtures.json";
import enHistory from "./locales/en/history.json";
import enLine from "./locales/en/line.json";
import enRecipes from "./locales/en/recipes.json";
import enReport from "./locales/en/report.json";
import enHelp from "./locales/en/help.json";
import enPaper from "./locales/en/paper.json";
import enService from "./locales/en/service.json";
import enSession from "./locales/en/session.json";
import enSettings from "./locales/en/settings.json";
import enShell from "./locales/en/shell.json";
import enUnit from "./locales/en/unit.json";

/** All texts by language, one file a screen. */
const MESSAGES = {
  en: {
    help: enHelp,
    paper: enPaper,
    session: enSession,
    service: enService,
    settings: enSettings,
    shell: enShell,
    line: enLine,
    faults: enFaults,
    fixtures: enFixtures,
    recipes: enRecipes,
    history: enHistory,
    report: enReport,
    unit: enUnit,
  },
  de: {
    help: deHelp,
    paper: dePaper,
    session: deSession,
    service: deService,
    settings: deSettings,
    shell: deShell,
    line: deLine,
    faults: deFaults,
    remedies: deRemedies,
    fixtures: deFixtures,
    recipes: deRecipes,
    history: deHistory,
    report: deReport,
    unit: deUnit,
  },
};

/** The languages that the window speaks, by their own names. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

/** The texts; the language is chosen by the settings store. */
export function stationTexts() {
  return createI18n({ legacy: false, locale: "en", fallbackLocale: "en", messages: MESSAGES });
}
