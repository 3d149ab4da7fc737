import { z } from "zod";
import { label } from "./common.ts";

const bytes = z.number().nonnegative();

/** What an auditor or whoever administers the computer wants to know of this station. */
export const AboutSchema = z.strictObject({
  ...{ version: label(64), electron: label(64), chromium: label(64), node: label(64) },
  /** Operating system and processor: `linux x64`. */
  platform: label(64),
  /** Identity of the station in the record. */
  station: z.string().max(64),
  /** RFC 7638 thumbprint of the key that signs the record, base64url; absent where it cannot be read. */
  key: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, "must be a SHA-256 in base64url")
    .exactOptional(),
  /** Folder of the record, the settings and the list of operators. */
  folder: z.string().max(4096),
  /** The audit database with what belongs to it. */
  recordBytes: bytes,
  /** Free on its disk; absent where the system does not tell. */
  freeBytes: bytes.exactOptional(),
});
export type About = z.output<typeof AboutSchema>;

/** Name of a file that a page is saved as, without its ending. */
const FileNameSchema = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u, "must be a plain file name");

/** Requests about the station itself and about paper. */
export const ABOUT_REQUESTS = {
  "about.read": { asks: z.null(), answers: AboutSchema },
  /** Prints what the window shows, by its print style; the system's own dialog asks for the printer. */
  "page.print": {
    asks: z.null(),
    answers: z.strictObject({ kind: z.enum(["printed", "cancelled"]) }),
    role: "operator",
  },
  /** Saves what would be printed as a PDF; the system's own dialog asks for the place and proposes `name`. */
  "page.savePdf": {
    asks: z.strictObject({ name: FileNameSchema }),
    answers: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("saved"), file: z.string().max(4096) }),
      z.strictObject({ kind: z.literal("cancelled") }),
    ]),
    role: "operator",
  },
} as const;

/** One package that the station is made with, and what it may be used under. */
const LicenceSchema = z.strictObject({
  name: z.string().max(214),
  version: z.string().max(64),
  /** SPDX expression of the package; "see its text" where it has none. */
  licence: z.string().max(200),
  text: z.string().max(200_000).exactOptional(),
});
export const LicencesSchema = z.array(LicenceSchema).max(2000);
export type Licence = z.output<typeof LicenceSchema>;
