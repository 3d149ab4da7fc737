import { z } from "zod";
import { label } from "./common.ts";

export const ThemeSchema = z.enum(["light", "dark", "system"]);

export const LanguageSchema = z.enum(["en", "de"]);
export type Language = z.output<typeof LanguageSchema>;

const SoundSchema = z.strictObject({ on: z.boolean(), /** 0 (silent) to 1. */ volume: z.number().min(0).max(1) });

/** Who works at the station: recorded with every run; `null` while nobody has said. */
const OperatorSchema = label(64).nullable();

/** What a person set in the window and what outlives it. */
export const DesktopSettingsSchema = z.strictObject({
  theme: ThemeSchema,
  language: LanguageSchema,
  sound: SoundSchema,
  operator: OperatorSchema,
});
export type DesktopSettings = z.output<typeof DesktopSettingsSchema>;

/** The settings to change; the others stay. */
export const SettingsChangeSchema = z.strictObject({
  theme: ThemeSchema.exactOptional(),
  language: LanguageSchema.exactOptional(),
  sound: SoundSchema.exactOptional(),
  operator: OperatorSchema.exactOptional(),
});
export type SettingsChange = z.output<typeof SettingsChangeSchema>;

/** The settings of a station that nobody has touched. */
export const DEFAULT_SETTINGS: DesktopSettings = {
  theme: "system",
  language: "en",
  sound: { on: true, volume: 0.6 },
  operator: null,
};
