import { z } from "zod";
import { label, Sha256HexSchema } from "./common.ts";
import { RecipeCommandSchema } from "./recipe-command.ts";
import { signingProblems } from "./recipe-signing.ts";
import { ValueFileSchema, ValuesSchema } from "./recipe-values.ts";
import { VerifySchema } from "./recipe-verify.ts";

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

const VersionSchema = z
  .string()
  .regex(
    /^(?:mfw[-_][a-z0-9+_-]{1,48}_)?\d{1,6}(?:\.\d{1,6}){0,3}(?:-\d{1,6}\.(?:alpha|beta|rc))?$/i,
    "must be a version such as 2.0.2 or a firmware's name such as mfw_nrf91x1_2.0.2",
  );

const ModemGatesSchema = z.strictObject({
  /** Models the recipe is for, as prefixes of +CGMM: `nRF9151`, `nRF9160-SICA`; empty: any. */
  models: z.array(label(64)).max(16).default([]),
  /** Hardware the recipe is for, as prefixes of what %HWVERSION tells: `nRF9151 LACA`, `nRF9161 LACA A0A`; absent: any. */
  hardware: z.array(label(64)).min(1).max(16).exactOptional(),
  /** From the minimum to the maximum, both included; an end that names a firmware (`mfw_nrf91x1_2.0.2`) allows only its kind. */
  firmware: z
    .strictObject({ minimum: VersionSchema.exactOptional(), maximum: VersionSchema.exactOptional() })
    .default({}),
});

const ClaimSchema = z.strictObject({
  /**
   * `station`: the station claims the unit and queues the commands; `elsewhere`: the owner did both before; `later`: the run
   * only puts the unit's attestation token into the station's token file, for a claim by `station claim`.
   */
  by: z.enum(["station", "elsewhere", "later"]).default("station"),
  tags: z.array(label(128)).max(20).default([]),
  /**
   * Name of a provisioning rule of the owner's account (peers.md 4.1) that brings the commands: the service queues them by
   * itself when it claims a unit with one of the rule's tags. Checked before the claim: the rule exists, is active and has one
   * of `tags`. The recipe then lists no `commands`; `expect` may say what the rule's must lead to.
   */
  rule: label(256).exactOptional(),
});

/** The bounds of a board's own work in seconds. */
const SHORTEST_SESSION = 60;
const LONGEST_SESSION = 1500;

const ProvisionSchema = z.strictObject({
  /**
   * Who speaks with the service and carries out the commands. `station`: the station in the device's role. `serial-modem` and
   * `zephyr-shell`: the board's own firmware over LTE, started by `AT#XNRFPROV` or by `nrf_provisioning now`.
   */
  by: z.enum(["station", "serial-modem", "zephyr-shell"]).default("station"),
  /** How long a board's own work may take altogether, from the wait for its network to its last report, in seconds. */
  limit: z.int().min(SHORTEST_SESSION).max(LONGEST_SESSION).default(600),
});

const RecipeFields = z.strictObject({
  recipe: z.literal(1),
  product: label(64),
  revision: z.union([label(32), z.number().transform(String)], "must be a text or a number"),
  description: z.string().max(1024).exactOptional(),
  modem: ModemGatesSchema.default({ models: [], firmware: {} }),
  /** What a scanned board serial must look like, whole; absent: a serial is optional and free. */
  boardSerial: z.strictObject({ pattern: PatternSchema, required: z.boolean().default(true) }).exactOptional(),
  claim: ClaimSchema.default({ by: "station", tags: [] }),
  /** Absent: by the station. */
  provision: ProvisionSchema.exactOptional(),
  /** Absent only where a rule brings the commands. */
  commands: z.array(RecipeCommandSchema).max(200).exactOptional(),
  /** With `claim.rule`: what the rule's commands are expected to be, in order; judged as commands of the recipe are. */
  expect: z.array(RecipeCommandSchema).max(200).exactOptional(),
  /** Each unit's own values; texts of commands may then hold `{{column}}`. */
  values: ValuesSchema.exactOptional(),
  verify: VerifySchema.default({ readBack: true, forbidUnexpected: false }),
});

/** What a product needs; a file that a person writes (design.md 8). */
export const RecipeSchema = RecipeFields.superRefine(checkRule).transform((fields) => ({
  ...fields,
  commands: fields.commands ?? [],
}));
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
  /** The value file's facts where the recipe has one; a unit's own row comes with its admission. */
  values: ValueFileSchema.exactOptional(),
  /** SHA-256 of `frozenText`. */
  sha256: Sha256HexSchema,
  /** Canonical JSON of the recipe with each file as {sha256, length}; what the audit database keeps. */
  frozenText: z.string().max(1_048_576),
});
export type ResolvedRecipe = z.output<typeof ResolvedRecipeSchema>;

/** A rule takes the place of the commands, and needs a claim by the station with a tag. */
function checkRule({ claim, commands, expect }: z.output<typeof RecipeFields>, context: z.RefinementCtx): void {
  const refuse = (path: readonly string[], message: string): void =>
    context.addIssue({ code: "custom", path: [...path], message });
  for (const { path, message } of signingProblems(commands ?? [], claim.by))
    context.addIssue({ code: "custom", path: [...path], message });
  if (claim.by === "later" && (commands ?? []).length > 0)
    refuse(["commands"], "must be empty: a run with claim.by: later only gathers the attestation token");
  if (claim.rule === undefined) {
    if (commands === undefined && claim.by !== "later") refuse(["commands"], "is missing (a list)");
    if (expect !== undefined) refuse(["expect"], "is for recipes with claim.rule; put these commands into commands");
    return;
  }
  if (claim.by !== "station") refuse(["claim", "rule"], "needs claim.by: station");
  if (claim.tags.length === 0) refuse(["claim", "tags"], "must name a tag of the rule");
  if (commands !== undefined && commands.length > 0)
    refuse(["commands"], "must be empty: the rule brings the commands (expect says what they must lead to)");
}

/** The commands that a unit is to carry out: the recipe's own, or what it expects of its rule. */
export function expectedCommands({ commands, expect }: Pick<Recipe, "commands" | "expect">): Recipe["commands"] {
  return expect ?? commands;
}

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
