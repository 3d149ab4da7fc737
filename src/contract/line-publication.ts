import { z } from "zod";
import { label, Sha256HexSchema, TimestampSchema } from "./common.ts";
import { RelativePathSchema } from "./recipe-command.ts";

/** What engineers publish for a line. */
export const PublishedKindSchema = z.enum(["recipe", "fixture"]);
export type PublishedKind = z.output<typeof PublishedKindSchema>;

/** The file with the document's own text. */
export const MAIN_FILE = { recipe: "recipe.yaml", fixture: "fixture.yaml" } as const satisfies Record<
  PublishedKind,
  string
>;

/** The largest file that is published with its bytes: it fits into one message of the line. */
export const LARGEST_CARRIED = 262_144;
/** The largest file that a signature may cover. */
const LARGEST_COVERED = 16_777_216;
/** The most bytes that a document may bring with it. */
const LARGEST_DOCUMENT = 5_242_880;
/** The document's text, 64 files beside it and its value file. */
const MOST_FILES = 66;

/** What Windows takes for a device, whatever follows its first dot. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A name that every file system takes and no folder's listing hides. */
function isPlainName(name: string): boolean {
  return !name.startsWith(".") && !/[<>"|?*]|[. ]$/.test(name) && !DEVICE_NAME.test(name);
}

const PublishedPathSchema = RelativePathSchema.refine(
  (path) => path.split("/").every(isPlainName) && path.split("/").length <= 8,
  "must be a path that every file system takes",
);

/** One file of a published document, named from the document's folder. */
const PublishedFileSchema = z.strictObject({
  path: PublishedPathSchema,
  sha256: Sha256HexSchema,
  /** Bytes. */
  length: z.int().min(0).max(LARGEST_COVERED),
  /** Whether the line has its bytes; secrets and units' values never leave their station, but the signature covers them. */
  carried: z.boolean(),
});
export type PublishedFile = z.output<typeof PublishedFileSchema>;

/** What an engineer signs for a revision of a recipe or fixture. */
export const PublicationSchema = z
  .strictObject({
    schema: z.literal(1),
    statement: z.literal("publication"),
    kind: PublishedKindSchema,
    /** A recipe's product, a fixture's name. */
    name: label(140),
    revision: label(64),
    /** SHA-256 of the document as its files make it up (line/documents/document-digest.ts). */
    sha256: Sha256HexSchema,
    files: z.array(PublishedFileSchema).min(1).max(MOST_FILES),
    /** The recipe's value file is each station's own affair: the signature says so instead of covering it. */
    ownValues: z.literal(true).exactOptional(),
    at: TimestampSchema,
  })
  .superRefine(({ kind, files }, context) => {
    const refuse = (message: string): void => context.addIssue({ code: "custom", path: ["files"], message });
    const main = files.find(({ path }) => path === MAIN_FILE[kind]);
    if (main?.carried !== true) refuse(`must carry ${MAIN_FILE[kind]}`);
    if (!areApart(files.map(({ path }) => path))) refuse("must be files of different names, none below another");
    const carried = files.filter((file) => file.carried).map(({ length }) => length);
    if (carried.some((length) => length > LARGEST_CARRIED)) refuse(`must be at most ${LARGEST_CARRIED} bytes each`);
    if (carried.reduce((sum, length) => sum + length, 0) > LARGEST_DOCUMENT)
      refuse(`must be at most ${LARGEST_DOCUMENT} bytes together`);
  });
export type Publication = z.output<typeof PublicationSchema>;

/** What an engineer signs to take a revision back. */
export const WithdrawalSchema = z.strictObject({
  schema: z.literal(1),
  statement: z.literal("withdrawal"),
  /** The document's. */
  sha256: Sha256HexSchema,
  reason: label(256),
  at: TimestampSchema,
});
export type Withdrawal = z.output<typeof WithdrawalSchema>;

/** Everything that publishers sign. */
export const StatementSchema = z.discriminatedUnion("statement", [PublicationSchema, WithdrawalSchema]);
export type Statement = z.output<typeof StatementSchema>;

/** The longest signed statement, in characters. */
export const LONGEST_STATEMENT = 65_536;

/** A statement whose signature holds, with whose it is: the RFC 7638 thumbprint of a trusted publisher's key. */
export type Verified<S extends Statement = Statement> = {
  readonly jws: string;
  readonly publisher: string;
  readonly statement: S;
};

/** Whether no two paths meet on a file system that knows no capitals, as a file or as a folder. */
function areApart(paths: readonly string[]): boolean {
  const sorted = paths.map((path) => `${path.toLowerCase().normalize("NFC")}/`).toSorted();
  return sorted.every((path, index) => index === 0 || !path.startsWith(sorted[index - 1] ?? "/"));
}
