import { z } from "zod";
import { label, Sha256HexSchema, TimestampSchema } from "./common.ts";
import { FixtureSchema } from "./fixture.ts";
import { ProfileSchema } from "./profile.ts";
import { RecipeSchema } from "./recipe.ts";

const count = z.int().nonnegative();

/** What the station keeps a library of. */
export const DocumentKindSchema = z.enum(["recipe", "fixture", "profile"]);
export type DocumentKind = z.output<typeof DocumentKindSchema>;

/** What Windows takes for a device, whatever follows its first dot. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;

/**
 * Names a document in its library: a recipe's folder, a fixture's or profile's file without `.yaml`. Every such name is a file's
 * name on every system, leads nowhere else and differs from the others in more than capitals.
 */
export const DocumentIdSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/, "must be 1 to 64 small letters, digits, dots, dashes")
  .refine((id) => !id.includes("..") && !id.endsWith(".yaml"), "must not hold two dots in a row or end in .yaml")
  .refine((id) => !DEVICE_NAME.test(id), "must not be a name that Windows keeps for devices, such as con or com1");

const which = { kind: DocumentKindSchema, id: DocumentIdSchema };

/** The largest text of a document, in characters. */
export const LONGEST_TEXT = 262_144;
const TextSchema = z.string().max(LONGEST_TEXT);

/** Something that is wrong in a document, at its field. */
export const DocumentProblemSchema = z.strictObject({
  /** `commands.2.serverCertificate.file`; empty: the document as a whole. */
  field: z.string().max(300),
  /** From 1; absent where no place can be told. */
  line: z.int().positive().exactOptional(),
  column: z.int().positive().exactOptional(),
  what: z.string().max(1000),
});
export type DocumentProblem = z.output<typeof DocumentProblemSchema>;

/** One line of a library's list. */
export const DocumentSchema = z.strictObject({
  ...which,
  /**
   * `built-in`: comes with the station; `line`: engineers have signed and published it for the station's line. Both cannot be
   * changed or removed, but duplicated.
   */
  origin: z.enum(["built-in", "line", "own"]),
  /** Its own name; its id where it cannot be read. */
  title: label(140),
  revision: label(64).exactOptional(),
  /** Of the recipe with all its files, as runs record it; absent where it has problems. */
  sha256: Sha256HexSchema.exactOptional(),
  changedAt: TimestampSchema,
  problems: count,
  /** The station works with it now. */
  inUse: z.boolean(),
});
export type LibraryDocument = z.output<typeof DocumentSchema>;

/** A document with its text; `parsed` is absent where it has problems. No file's contents, no secrets. */
export const OpenedDocumentSchema = z.strictObject({
  document: DocumentSchema,
  text: TextSchema,
  problems: z.array(DocumentProblemSchema).max(200),
  parsed: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("recipe"), recipe: RecipeSchema }),
      z.strictObject({ kind: z.literal("fixture"), fixture: FixtureSchema }),
      z.strictObject({ kind: z.literal("profile"), profile: ProfileSchema }),
    ])
    .exactOptional(),
  /** Of a recipe with units' own values: the rows of its value file, and how many of them units have used. */
  rows: z.strictObject({ total: count, used: count }).exactOptional(),
  /** The files beside it, and those that a profile names. */
  files: z
    .array(z.strictObject({ path: z.string().max(256), bytes: count, sha256: Sha256HexSchema.exactOptional() }))
    .max(256),
});
export type OpenedDocument = z.output<typeof OpenedDocumentSchema>;

/** The library's requests; all but list and read are an engineer's. */
export const LIBRARY_REQUESTS = {
  "library.list": { asks: z.strictObject({ kind: DocumentKindSchema }), answers: z.array(DocumentSchema).max(1000) },
  "library.read": { asks: z.strictObject(which), answers: OpenedDocumentSchema },
  /** Checks a text as it would be saved under `id` (files beside it are looked for). */
  "library.check": {
    asks: z.strictObject({ ...which, text: TextSchema }),
    answers: z.strictObject({ problems: z.array(DocumentProblemSchema).max(200) }),
    role: "engineer",
  },
  /** Writes a document of one's own: a new one, or in place of the old text where `replace`; refused while it has problems. */
  "library.save": {
    asks: z.strictObject({ ...which, text: TextSchema, replace: z.boolean() }),
    answers: DocumentSchema,
    role: "engineer",
  },
  /** Copies a document with its files under another id; a recipe may get another revision on the way. */
  "library.duplicate": {
    asks: z.strictObject({ ...which, as: DocumentIdSchema, revision: label(64).exactOptional() }),
    answers: DocumentSchema,
    role: "engineer",
  },
  /** Removes a document of one's own that is not in use. */
  "library.remove": { asks: z.strictObject(which), answers: z.null(), role: "engineer" },
  /** Copies files or folders that the system's own dialog asks for; documents with problems come in too, marked. */
  "library.import": {
    asks: z.strictObject({ kind: DocumentKindSchema }),
    answers: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("imported"), documents: z.array(DocumentSchema).max(100) }),
      z.strictObject({ kind: z.literal("cancelled") }),
    ]),
    role: "engineer",
  },
  /** Copies files that the system's own dialog asks for beside a document of one's own, for its text to name; none is replaced. */
  "library.attach": {
    asks: z.strictObject(which),
    answers: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("attached"), opened: OpenedDocumentSchema }),
      z.strictObject({ kind: z.literal("cancelled") }),
    ]),
    role: "engineer",
  },
  /** Makes the station work with this document from now on; refused while runs are active. A `configured` news follows. */
  "library.select": { asks: z.strictObject(which), answers: z.null(), role: "engineer" },
} as const;
