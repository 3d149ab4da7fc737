import { z } from "zod";
import { label, Sha256HexSchema } from "./common.ts";
import { RecipeCommandSchema } from "./recipe-command.ts";

/** A regular expression that a person wrote: bounded, compiled once to refuse bad ones, anchored by the reader. */
export const PatternSchema = z
  .string()
  .min(1)
  .max(128)
  .refine(compiles, "must be a regular expression")
  .refine(
    (text) => !/\([^)]*[+*}][^)]*\)[+*{]/.test(text),
    "must not repeat a group that repeats itself (it could hang the station)",
  );

const VersionSchema = z.string().regex(/^\d+(\.\d+){0,3}$/, "must be a version such as 2.0.2");

const ModemGatesSchema = z.strictObject({
  /** Models the recipe is for, as prefixes of +CGMM: `nRF9151`, `nRF9160-SICA`; empty: any. */
  models: z.array(label(64)).max(16).default([]),
  firmware: z
    .strictObject({ minimum: VersionSchema.exactOptional(), maximum: VersionSchema.exactOptional() })
    .default({}),
});

const ClaimSchema = z.strictObject({
  /** `station`: the station claims the unit and queues the commands; `elsewhere`: the owner did both before. */
  by: z.enum(["station", "elsewhere"]).default("station"),
  tags: z.array(label(128)).max(20).default([]),
});

const VerifySchema = z.strictObject({
  /** List the modem's credentials afterwards and compare presence, type and SHA-256. */
  readBack: z.boolean().default(true),
  /** Credentials on the recipe's tags that the recipe did not write fail the unit. */
  forbidUnexpected: z.boolean().default(false),
});

/** What a product needs; a file that a person writes (design.md 8). */
export const RecipeSchema = z.strictObject({
  recipe: z.literal(1),
  product: label(64),
  revision: z.union([label(32), z.number().transform(String)], "must be a text or a number"),
  description: z.string().max(1024).exactOptional(),
  modem: ModemGatesSchema.default({ models: [], firmware: {} }),
  /** What a scanned board serial must look like, whole; absent: a serial is optional and free. */
  boardSerial: z.strictObject({ pattern: PatternSchema, required: z.boolean().default(true) }).exactOptional(),
  claim: ClaimSchema.default({ by: "station", tags: [] }),
  commands: z.array(RecipeCommandSchema).max(200),
  verify: VerifySchema.default({ readBack: true, forbidUnexpected: false }),
});
export type Recipe = z.output<typeof RecipeSchema>;

/** A file that a recipe names, as it was when the run began. `content` is absent in records where the file is secret. */
const RecipeFileSchema = z.strictObject({
  sha256: Sha256HexSchema,
  length: z.int().min(0).max(65_536),
  content: z.string().max(65_536),
});

/** A recipe with its files read and its hash taken; the order's part of a run. */
export const ResolvedRecipeSchema = z.strictObject({
  recipe: RecipeSchema,
  /** Contents by relative path, text exactly as in the file; secret ones included: never stored or shown. */
  files: z.record(z.string(), RecipeFileSchema),
  /** Secrets from the environment by variable name; never stored or shown. */
  secrets: z.record(z.string(), z.string().max(65_536)),
  /** SHA-256 of `frozenText`. */
  sha256: Sha256HexSchema,
  /** Canonical JSON of the recipe with each file as {sha256, length}; what the audit database keeps. */
  frozenText: z.string().max(1_048_576),
});
export type ResolvedRecipe = z.output<typeof ResolvedRecipeSchema>;

/** `product revision`, the name people use. */
export function recipeName(recipe: Recipe): string {
  return `${recipe.product} ${recipe.revision}`;
}

function compiles(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}
