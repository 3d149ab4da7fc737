import type { Language } from "../../src/contract/desktop-settings.ts";
import { GERMAN } from "./texts/de.ts";
import { ENGLISH } from "./texts/en.ts";
import { SPANISH } from "./texts/es.ts";
import type { Texts } from "./texts/texts.ts";
import { VIETNAMESE } from "./texts/vi.ts";
import { CHINESE } from "./texts/zh-cn.ts";

export type { Texts };

/** The texts of menus and native dialogs, each language in full: the type sees to it. */
export const TEXTS: Readonly<Record<Language, Texts>> = {
  en: ENGLISH,
  de: GERMAN,
  "zh-CN": CHINESE,
  vi: VIETNAMESE,
  es: SPANISH,
};
