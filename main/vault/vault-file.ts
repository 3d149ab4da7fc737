import { readFile, rename, stat } from "node:fs/promises";
import { z } from "zod";
import { TimestampSchema } from "../../src/contract/common.ts";
import { KeyProtectionSchema } from "../../src/contract/desktop-service.ts";
import { StationError } from "../../src/core/error.ts";

/** The largest vault that is read, in bytes. */
const LARGEST = 1_048_576;
const MOST_ENTRIES = 1000;

const EntrySchema = z.strictObject({
  /** Base64. */
  blob: z
    .string()
    .max(32_768)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/),
  protection: KeyProtectionSchema,
  /** The first 8 hex digits of the secret's SHA-256. */
  fingerprint: z.string().regex(/^[0-9a-f]{8}$/),
  keptAt: TimestampSchema,
});
/** A secret as it rests. */
export type VaultEntry = z.output<typeof EntrySchema>;

const VaultFileSchema = z.strictObject({
  vault: z.literal(1),
  entries: z.array(z.strictObject({ name: z.string().min(1).max(128), entry: EntrySchema })).max(MOST_ENTRIES),
});

/** What a vault's file holds; `problem`: it could not be used. */
export type ReadVault = { readonly entries: ReadonlyMap<string, VaultEntry>; readonly problem?: StationError };

/**
 * Reads a vault. A damaged one is set aside under another name, to be looked at, and counts as empty. Never throws.
 * @param stamp makes the other name: `20260301T080000Z`
 */
export async function readVault(file: string, stamp: string): Promise<ReadVault> {
  const none: ReadVault["entries"] = new Map();
  try {
    const { size } = await stat(file);
    const text = size > LARGEST ? "" : await readFile(file, "utf8");
    const entries = parseVault(text);
    return entries === undefined ? { entries: none, problem: await setAside(file, stamp) } : { entries };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return { entries: none };
    return {
      entries: none,
      problem: new StationError("vault.unreadable", "the vault cannot be read", { file }, { cause }),
    };
  }
}

/** The entries of a vault's text; undefined where it is not one. */
export function parseVault(text: string): ReadonlyMap<string, VaultEntry> | undefined {
  try {
    const parsed = VaultFileSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return undefined;
    return new Map(parsed.data.entries.map(({ name, entry }) => [name, entry]));
  } catch {
    return undefined;
  }
}

/** Whether a vault's text would be read again as it is: what would not must not be written over one that is. */
export function isReadable(text: string): boolean {
  return Buffer.byteLength(text) <= LARGEST && parseVault(text) !== undefined;
}

/** The text of a vault. */
export function vaultText(entries: ReadonlyMap<string, VaultEntry>): string {
  const named = [...entries].map(([name, entry]) => ({ name, entry }));
  return `${JSON.stringify({ vault: 1, entries: named }, undefined, 1)}\n`;
}

async function setAside(file: string, stamp: string): Promise<StationError> {
  const aside = `${file}.damaged-${stamp}`;
  try {
    await rename(file, aside);
    return new StationError("vault.damaged", "the vault was damaged and is set aside", { file: aside });
  } catch (cause) {
    return new StationError("vault.unreadable", "the vault is damaged and cannot be set aside", { file }, { cause });
  }
}
