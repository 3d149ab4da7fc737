import { z } from "zod";
import { AuthorityNameSchema } from "./authority.ts";
import { label } from "./common.ts";

/** A security tag that users may write: 0 to 2147483647 (at.md 4). */
export const SecurityTagSchema = z.int().min(0).max(2_147_483_647);

/** A relative path below the recipe's folder, with forward slashes; never upwards. */
export const RelativePathSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(
    /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\\\p{Cc}:]+$/u,
    "must be a path below the recipe's folder, with forward slashes",
  );

/** A column of the recipe's value file (recipe-values.ts) that holds the content itself, each unit its own. */
const columnName = z.string().min(1).max(64);

/**
 * Where a secret of a recipe comes from: a file below the recipe's folder, an environment variable, or the unit's own value in
 * a secret column; never the recipe itself. What a worker makes commands of has files and variables only (run/unit-recipe.ts).
 */
export const SecretSourceSchema = z.union(
  [
    z.strictObject({ file: RelativePathSchema }),
    z.strictObject({
      env: z.string().regex(/^[A-Z_][A-Z0-9_]{0,63}$/, "must be an environment variable's name in capitals"),
    }),
    z.strictObject({ column: columnName }),
  ],
  "must be { file: … } below the recipe's folder, { env: … } with a variable's name in capitals or { column: … } of the value file",
);
export type SecretSource = z.output<typeof SecretSourceSchema>;

const attributes = z
  .string()
  .max(512)
  .regex(/^[^"\p{Cc}]*$/u, "must not contain quotes or control characters")
  .exactOptional();
const keyUsage = z
  .string()
  .regex(/^[01]{9}$/, "must be 9 binary digits")
  .exactOptional();
const secTag = SecurityTagSchema;
const certificate = z.strictObject({ secTag, file: RelativePathSchema });

const keyOptions = z.strictObject({ secTag, attributes, keyUsage });

const at = z.strictObject({
  command: z
    .string()
    .regex(/^[%+#$&A-Za-z][%+#$&A-Za-z0-9_]{0,63}$/, "must be the command's name with its prefix, for example %XPTW")
    .regex(/^(?!at[%+#$&])/i, "must be written without AT, for example %XPTW"),
  parameters: z.string().max(2048).default(""),
  ignoreCmeErrors: z.array(z.int().min(0).max(4_294_967_295)).max(6).default([]),
});

const settings = z
  .record(z.string().min(1).max(64), z.string().max(256))
  .refine((value) => Object.keys(value).length >= 1 && Object.keys(value).length <= 10, "must hold 1 to 10 settings");

/** The commands that a recipe may order, by the owner API's names (peers.md 4.1). */
export const RECIPE_COMMANDS = {
  certificateSigningRequest: keyOptions,
  cloudAccessKeyGeneration: keyOptions,
  clientPrivateKeyGeneration: keyOptions,
  endorsementKeyGeneration: z.strictObject({ secTag }),
  serverCertificate: certificate,
  /**
   * The same file for every unit, the unit's own PEM in a column of the recipe's value file, or what a CA of the profile signs for
   * the request that the unit made on this tag before.
   */
  clientCertificate: z.union(
    [
      certificate,
      z.strictObject({ secTag, column: columnName }),
      z.strictObject({ secTag, signedBy: AuthorityNameSchema }),
    ],
    "must name a file, a column of the value file, or by which CA of the profile it is signed (signedBy)",
  ),
  clientPrivateKey: z.strictObject({ secTag, key: SecretSourceSchema, password: SecretSourceSchema.exactOptional() }),
  preSharedKey: z.strictObject({ secTag, identity: label(128), key: SecretSourceSchema }),
  atCommand: at,
  config: settings,
  finished: z.strictObject({}),
} as const;

export type RecipeCommandKind = keyof typeof RECIPE_COMMANDS;

/** One command of a recipe: `{ kind, ...its fields }`; written in files as `- serverCertificate: { secTag: …, file: … }`. */
export type RecipeCommand = {
  [Kind in RecipeCommandKind]: { readonly kind: Kind; readonly options: z.output<(typeof RECIPE_COMMANDS)[Kind]> };
}[RecipeCommandKind];

/** Parses the one-key form of files into the tagged form; also takes the tagged form itself. */
export const RecipeCommandSchema = z.unknown().transform((value, context): RecipeCommand => {
  const entry = commandEntry(value);
  if (entry === undefined) {
    const names = Object.keys(RECIPE_COMMANDS).join(", ");
    context.addIssue({ code: "custom", message: `must be one command: an object with one key of ${names}` });
    return z.NEVER;
  }
  const parsed = RECIPE_COMMANDS[entry.kind].safeParse(entry.options);
  if (parsed.success) return { kind: entry.kind, options: parsed.data } as RecipeCommand;
  for (const issue of parsed.error.issues) context.addIssue({ ...issue, path: [entry.pathKey, ...issue.path] });
  return z.NEVER;
});

type CommandEntry = { readonly kind: RecipeCommandKind; readonly options: unknown; readonly pathKey: string };

function commandEntry(value: unknown): CommandEntry | undefined {
  if (typeof value === "string") return isKind(value) ? { kind: value, options: {}, pathKey: value } : undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields = Object.entries(value) as [string, unknown][];
  const [first] = fields;
  if (fields.length === 1 && first !== undefined && isKind(first[0]))
    return { kind: first[0], options: first[1] ?? {}, pathKey: first[0] };
  const tagged = value as { readonly kind?: unknown; readonly options?: unknown };
  if (fields.length === 2 && typeof tagged.kind === "string" && isKind(tagged.kind) && tagged.options !== undefined)
    return { kind: tagged.kind, options: tagged.options, pathKey: "options" };
  return undefined;
}

function isKind(text: string): text is RecipeCommandKind {
  return Object.hasOwn(RECIPE_COMMANDS, text);
}
