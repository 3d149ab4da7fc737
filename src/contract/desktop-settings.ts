import { z } from "zod";
import { label } from "./common.ts";

export const ThemeSchema = z.enum(["light", "dark", "system"]);

/** By their BCP 47 tags. */
export const LanguageSchema = z.enum(["en", "de", "zh-CN", "vi", "es"]);
export type Language = z.output<typeof LanguageSchema>;

const SoundSchema = z.strictObject({ on: z.boolean(), /** 0 (silent) to 1. */ volume: z.number().min(0).max(1) });

/** Who works at the station: recorded with every run; `null` while nobody has said. */
const OperatorSchema = label(64).nullable();

/** Local times of day at which a shift begins: `06:00`. */
export const ShiftStartsSchema = z
  .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time such as 06:00"))
  .max(6);

/** What a person set in the window and what outlives it. */
export const DesktopSettingsSchema = z.strictObject({
  theme: ThemeSchema,
  language: LanguageSchema,
  sound: SoundSchema,
  operator: OperatorSchema,
  /** Empty: the shift begins with the application. */
  shiftStarts: ShiftStartsSchema.default([]),
});
export type DesktopSettings = z.output<typeof DesktopSettingsSchema>;

/** The settings that everybody may change; the others stay. */
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
  shiftStarts: [],
};
